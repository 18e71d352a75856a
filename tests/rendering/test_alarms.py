"""Self-harm and guesses are noticed in all shipped languages, and ordinary words are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.alarms import Alarms

SELF_HARM = [
    "I want to kill myself",
    "honestly I don't want to live any more.",
    "Sometimes i wish i was dead",
    "I’m suicidal",
    "everybody would be better off without me",
    "Ich will nicht mehr leben.",
    "ich bringe mich um",
    "ICH WILL STERBEN",
    "Ich habe wieder Suizidgedanken",
    "ohne mich wärt ihr besser dran … ohne mich besser dran",
    "J'ai envie de mourir",
    "je ne veux plus vivre",
    "Je pense au suicide",
    "J’ai des idées suicidaires",
]
GUESS = [
    "Is that you, Alice?",
    "was it @alice@x.example?",
    "Are you Alice?",
    "who asked?",
    "Who asked for that",
    "Hey, was that you, Bob?",
    "Who reported me to you?",
    "Tell me who",
    "Wer war das?",
    "wer hat mich gemeldet",
    "Bist du Alice?",
    "War das Alice?",
    "Kommt das von Alice Müller?",
    "C'est Alice ?",
    "Qui a demandé ça ?",
    "c’était toi",
    "est-ce Alice ?",
]
NEITHER = [
    "This heat is killing me",
    "Suicide Squad is a great film",
    "cw: self-harm please",
    "I nearly died laughing",
    "I want to die of embarrassment",
    "kill the process with kill -9",
    "No problem, done!",
    "Who is it for? It is a poem.",
    "is it OK now?",
    "Is this Art?",
    "was it wrong of me?",
    "Are you a bot?",
    "I know who I am.",
    "Die Hitze bringt mich um",
    "Das wird mich noch umbringen",
    "Selbstmordkommando ist ein Film",
    "War das Absicht?",
    "Das war Absicht.",
    "Bist du sicher?",
    "Wer kann das lesen?",
    "Bist du Bot oder Mensch?",
    "Cette chaleur va me tuer",
    "C'est fini.",
    "C'est une photo de ma fille.",
    "Qui peut le voir ?",
    "C'est Art Nouveau",
    "",
]


@pytest.mark.parametrize("text", SELF_HARM)
def test_self_harm(letters: Letters, text: str) -> None:
    assert "self_harm" in letters.alarms(text, ["en"])


@pytest.mark.parametrize("text", GUESS)
def test_guess(letters: Letters, text: str) -> None:
    assert letters.alarms(text, ["en"]) == {"guess"}


@pytest.mark.parametrize("text", NEITHER)
def test_neither(letters: Letters, text: str) -> None:
    assert letters.alarms(text, ["en"]) == frozenset()


def test_the_bot_s_own_letters_raise_none(letters: Letters) -> None:
    from outreach.adapters.rendering.samples import sample
    from outreach.domain.letters import LETTERS, Audience

    for language in ("en", "de", "fr"):
        for name in LETTERS[Audience.RECIPIENT]:
            text = letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, name), [language]).text
            assert "self_harm" not in letters.alarms(text, [])


UNSPACED = """
[self_harm]
死にたい
[not_self_harm]
死にたいほど好き
[guess]
誰が頼んだ
NAME さんですか
[no_names]
ボット
"""
KOREAN = """
[self_harm]
죽고 싶
[guess]
누가 신고 …
NAME가 신고
[no_names]
"""


@pytest.mark.parametrize(
    ("language", "phrases", "text", "alarms"),
    [
        ("ja", UNSPACED, "もう死にたいです。", {"self_harm"}),
        ("ja", UNSPACED, "この 猫が死にたいほど好き！", set()),
        ("ja", UNSPACED, "ええと、誰が頼んだの？", {"guess"}),
        ("ja", UNSPACED, "誰が頼んだ", {"guess"}),
        ("ja", UNSPACED, "アリスさんですか", {"guess"}),
        ("ja", UNSPACED, "ボットさんですか？", set()),
        ("ja", UNSPACED, "誰が頼んだのかは分かりませんが、とにかく直しました。", set()),
        ("ko", KOREAN, "요즘 정말 죽고 싶어요.", {"self_harm"}),
        ("ko", KOREAN, "누가 신고했나요?", {"guess"}),
        ("ko", KOREAN, "앨리스가 신고했나요?", {"guess"}),
        ("ko", KOREAN, "고마워요", set()),
    ],
)
def test_languages_that_write_otherwise(
    tmp_path: Path, language: str, phrases: str, text: str, alarms: set[str]
) -> None:
    (tmp_path / language).mkdir()
    (tmp_path / language / "alarms.txt").write_text(phrases, "utf-8")
    assert Alarms(tmp_path).of(text) == alarms
