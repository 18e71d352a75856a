"""What everybody has got from the bot, per conversation, and how two runs differ in it.

Names drawn by chance, addresses, days and hours are made equal; every other letter counts. Compared line by line: where
a long letter is cut into parts depends on the length of a name in it. Reads what the servers hold, not what was heard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from outreach import bootstrap
from tests.kill.stories import Story
from tests.kill.town import KillTown

Transcripts = dict[str, list[str]]

_ALIAS = re.compile(rf"\b(?:{'|'.join(bootstrap.words('adjectives'))})-(?:{'|'.join(bootstrap.words('animals'))})\b")
_MASKS = (
    (_ALIAS, "‹alias›"),
    (re.compile(r"https://\S+"), "‹link›"),
    (re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}, \d\d:\d\d"), "‹moment›"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]+\b"), "‹day›"),
    (re.compile(r"\b\d+ people could see"), "‹number› people could see"),
)
_FRAME = re.compile(r"^(?:@\S+ )?>? ?|\s*\(\d/\d\)$")


async def collect(town: KillTown, stories: Sequence[Story]) -> Transcripts:
    """Everything sent so far."""
    told: Transcripts = {}
    staff = await town.mia.history(town.staff_room)
    for story in stories:
        for party in (story.member, story.author):
            told[party.name] = [_plain(text, town) for text in await party.way.seen()]
        told[f"staff-{story.name}"] = [_plain(text, town) for text in _thread_about(story, staff, town.bot_id)]
    return told


def _plain(text: str, town: KillTown) -> str:
    text = text.replace(town.suffix, "")
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def _thread_about(story: Story, events: Sequence[Mapping[str, Any]], bot: str) -> list[str]:
    """A card, its edits, and what stands in its thread, in the order in which staff saw them."""
    mine = [e["content"] for e in events if e["type"] == "m.room.message" and e["sender"] == bot and e["content"]]
    facts = [(content.get("community.outreach", {}), content) for content in mine]
    cases = {about.get("case") for about, content in facts if story.author.name in content["body"]}
    return [f"{about['kind']}: {content['body']}" for about, content in facts if about.get("case") in cases]


def differences(found: Transcripts, wanted: Transcripts) -> list[str]:
    """One line for each conversation that is not exactly as it should be."""
    pairs = {name: (_lines(found.get(name, [])), _lines(wanted.get(name, []))) for name in wanted.keys() | found.keys()}
    return [f"{name}: {_difference(*pair)}" for name, pair in sorted(pairs.items()) if pair[0] != pair[1]]


def _lines(texts: list[str]) -> list[str]:
    """Without the handle that each post begins with, the mark of quotes that each part repeats, and its number."""
    stripped = (_FRAME.sub("", line) for text in texts for line in text.splitlines())
    return [line for line in stripped if line.strip()]


def _difference(found: list[str], wanted: list[str]) -> str:
    missing, more = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    twice = [text for text in more if text in wanted]
    foreign = [text for text in more if text not in wanted]
    parts = {"missing": [*missing], "too often": twice, "foreign": foreign}
    said = [f"{what} {texts}" for what, texts in parts.items() if texts]
    return "; ".join(said) or "in another order"


def mistakes(found: Transcripts, wanted: Transcripts) -> list[str]:
    """Of a run under way: the first wrong line of each conversation that can no longer end as it should."""
    pairs = {name: (_lines(texts), _lines(wanted[name])) for name, texts in found.items()}
    return [f"{name}: {wrong}" for name, pair in pairs.items() if (wrong := _first_wrong(*pair))]


def _first_wrong(so_far: list[str], whole: list[str]) -> str:
    for at, line in enumerate(so_far):
        if whole[at : at + 1] == [line]:
            continue
        if line in whole[at:]:
            return f"missing {whole[at]!r}"
        return f"too often {line!r}" if line in so_far[:at] else f"foreign {line!r}"
    return ""
