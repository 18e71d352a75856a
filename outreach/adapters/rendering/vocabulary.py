"""The words people may write, and what they mean. A word counts only if it is the whole message (F36).

Canonical names of commands are the keys of `COMMANDS`; "1" … "9" stand for menu answers, number words included.
Two meanings, one name: "ok" and "yes" are `yes` (where the notice waits, `yes` and "1" agree as well); "no" is `no`
for members and recipients; "stop" is `stop` (for a member with a draft it may cancel); "moderators" is `escalate`,
"a moderator" is `human`. Words that take an argument (`say TEXT`) are found by asking for their first word alone.
Does not know who speaks or which word can now be said. English words hold in every language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from outreach.adapters.rendering.catalogs import Catalog, source
from outreach.domain.profile import Profile

CONTEXT = "words"

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "agree": "agree, I agree, agreed",
        "yes": "yes, ok, okay, yep, yeah, sure, yes please",
        "no": "no, nope, no thanks, no thank you",
        "more": "more, tell me more, read more, show me",
        "send": "send, send it, send it please",
        "change": "change, change it",
        "cancel": "cancel, never mind, nevermind, forget it",
        "end": "end, finish, finished, bye",
        "status": "status, news, any news",
        "help": "help, commands, menu",
        "thanks": "thanks, thank you, thank you so much, thanks a lot, many thanks, thx, ty, perfect, great, "
        "great thanks, great thank you, ok thanks, ok thank you, ok thx, oh thank you",
        "human": "human, a human, human please, moderator, a moderator, mod, talk to a human, real person",
        "withdraw": "withdraw, take it back, withdraw it",
        "escalate": "escalate, moderators, mods",
        "rest": "rest, let it rest, leave it, let it be",
        "language": "language, lang",
        "forget me": "forget me, forgetme, forget about me",
        "export": "export, my data",
        "index": "index, my index",
        "second-look": "second look, second opinion",
        "appeal": "appeal",
        "support": "support",
        "report": "report",
        "say": "say, tell, tell them, tell him, tell her, say to them, answer them",
        "ask": "ask, request",
        "done": "done, fixed, fixed it, I did it, did it, it is done",
        "mine": "mine, my own life, my life, it's my own life",
        "how": "how, how to, how do I do that",
        "why": "why, why is that",
        "who": "who, who asked, who was it",
        "what": "what, what is this, what is that, what are you, who are you",
        "abuse": "abuse, abusive, this is abuse",
        "stop": "stop, stop it, no more, unsubscribe",
        "start": "start, resume",
        "genuine": "genuine, genuine or not, is this genuine, is this real, was that you, did you write me, phishing",
    }
)

NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "1": "one, first",
        "2": "two, second",
        "3": "three, third",
        "4": "four, fourth",
        "5": "five, fifth",
        "6": "six, sixth",
        "7": "seven, seventh",
        "8": "eight, eighth",
        "9": "nine, ninth",
    }
)

ASKS: Mapping[str, str] = MappingProxyType(
    {
        "cw": "cw, content warning, warning, cn, content note, tw, trigger warning, add a warning",
        "sensitive": "sensitive, mark as sensitive, hide, hide it, hide the picture, blur, nsfw",
        "alt-text": "alt text, alt, alttext, picture description, image description, description, "
        "describe, describe the picture, describe it",
        "captions": "captions, caption, subtitles, transcript",
        "readable-tags": "readable tags, readable hashtags, camel case, camelcase, hashtags",
        "edit": "edit, edit it, correct, correct it, change the text",
        "redraft": "redraft, delete and redraft, delete and rewrite, rewrite",
        "delete": "delete, delete it, remove, remove it",
        "unlist": "unlist, unlist it, unlisted, quiet public, fewer people",
        "retract": "retract, retraction, public correction, take it back in public",
        "redact": "redact, redact it, take it down, take down, take it away",
    }
)

#: What is longer is neither a word of ours nor needed to tell its language.
LONGEST_FOLDED = 1_000
_APOSTROPHES = re.compile("['\u2019\u02bc\u2018`\u00b4]")
_MENTION = re.compile(r"@[\w.-]+(?:[@:][\w.:-]+)?")


def folded(text: str, bot: str = "") -> str:
    """The words of a text alone: no case, punctuation, emoji, zero-width character, mention of the bot."""
    name = bot.lstrip("@").partition("@")[0].partition(":")[0].casefold()
    text = unicodedata.normalize("NFKC", text[:LONGEST_FOLDED]).casefold()
    if name:
        text = _MENTION.sub(lambda found: " " if found[0][1:].startswith(name) else found[0], text)
        text = re.sub(rf"^\s*{re.escape(name)}\s*[:,]", " ", text)
    text = _APOSTROPHES.sub("", text)
    return " ".join("".join(_letter(char) for char in text).split())[:LONGEST_FOLDED].strip()


def _letter(char: str) -> str:
    kind = unicodedata.category(char)
    if kind[0] in "LN" or kind in ("Mn", "Mc"):
        return "" if 0xFE00 <= ord(char) <= 0xFE0F else char
    return "" if kind in ("Cf", "Me") else " "


def unaccented(text: str) -> str:
    """The same without accents, as people type on a phone; marks of other scripts are no accents and stay."""
    apart = "".join(char for char in unicodedata.normalize("NFD", text) if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", apart)


def synonyms(catalog: Catalog, words: str) -> tuple[str, ...]:
    """The words of one meaning in one language, folded."""
    given = re.split("[,\u3001\uff0c]", catalog.say(CONTEXT, words))
    return tuple(filter(None, (folded(word) for word in given)))


class Vocabulary:
    """One language's words."""

    def __init__(self, catalog: Catalog) -> None:
        self._commands = _index(catalog, COMMANDS) | _index(catalog, NUMBERS)
        self._commands |= {number: number for number in NUMBERS}
        self._profile = catalog.profile
        self._labels = _index(catalog, words_of(catalog.profile)) if catalog.profile else {}
        self._asks = _index(catalog, ASKS)

    def command(self, word: str) -> str | None:
        """The command a folded word stands for."""
        return _find(self._commands, word)

    def label(self, word: str) -> str | None:
        """The label a folded word stands for, by its words or by a pattern such as `??pol`."""
        return _find(self._labels, word) or (self._profile.label_matching(word) if self._profile else None)

    def ask(self, word: str) -> str | None:
        """The ask a folded word stands for."""
        return _find(self._asks, word)

    def near_labels(self, word: str) -> tuple[str, ...]:
        """Labels spelled alike, best first."""
        return tuple(self._labels[found] for found in get_close_matches(word, self._labels, n=5, cutoff=0.6))


def _index(catalog: Catalog, meanings: Mapping[str, str]) -> dict[str, str]:
    own = {word: name for name, words in meanings.items() for word in synonyms(catalog, words)}
    bare: dict[str, str] = {}
    for word, name in own.items():
        bare[unaccented(word)] = name if bare.get(unaccented(word), name) == name else ""
    spoken = {folded(name): name for name in meanings}
    return {word: name for word, name in (spoken | bare | own).items() if name}


def words_of(profile: Profile) -> Mapping[str, str]:
    """The words of each label."""
    return {name: label.words for name, label in profile.labels.items()}


def _find(index: Mapping[str, str], word: str) -> str | None:
    return index.get(word) or index.get(unaccented(word))


def every_message() -> Iterable[str]:
    """All word lists but those of labels, for the catalogs."""
    for meanings in (COMMANDS, NUMBERS, ASKS):
        yield from meanings.values()


def english() -> Vocabulary:
    """The words that hold in every language."""
    return Vocabulary(source())
