"""Takes a line apart: links, a command, an ask, a label. Knows words only through the `Renderer`; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from outreach.domain.asks import Ask
from outreach.domain.text import cut
from outreach.ports import Incoming, Renderer

_URL = re.compile(r"https?://[^\s<>\"]+|matrix:[^\s<>\"]+", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w@/.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/[^\s<>\"]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.-])[\w.-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
_TRAILING = ".,;:!?)]}»”’'\""

#: Commands whose first word may be followed by something.
WITH_ARGUMENT = frozenset(
    {
        *("say", "withdraw", "escalate", "rest", "more", "status", "language", "ask"),
        *("report", "support", "appeal", "second-look"),
    }
)
#: Of these, the ones whose argument can only be an alias: with any other words behind them they are no command (F36).
WITH_ALIAS = frozenset({"withdraw", "escalate", "rest", "more", "status"})

#: "1 potato soup" is a choice of the menu; "1 of the worst posts ever" is not.
_LONGEST_CHOICE = 4
_LONGEST_WISH = 6
_LONGEST_HINT = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line consists of. `rest` is what follows the command's first word; `words` what is no link.

    `hint` is a label, or "cw", that a longer sentence about a warning names; it fills a gap and overrules nothing.
    """

    text: str
    words: str
    command: str = ""
    rest: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    handle: str = ""
    ask: Ask | None = None
    label: str = ""
    unknown: str = ""
    number: int = 0
    hint: str = ""


def read(incoming: Incoming, renderer: Renderer, languages: Sequence[str]) -> Reading:
    """Take a line apart. Total: any text gives a reading."""
    links, words = _links(incoming)
    whole = renderer.command(words, languages) or ""
    command, rest = (whole, "") if whole else _first_word(words, renderer, languages)
    number = int(whole) if whole.isdecimal() else 0
    leading = _leading_number(words, renderer, languages)
    wish = rest if command == "ask" else words.partition(" ")[2] if leading else words
    ask, label, unknown = (None, "", "") if number else _wish(wish, renderer, languages)
    a_choice = ask is not None or (leading == 1 and len(words.split()) <= _LONGEST_CHOICE)
    return Reading(
        text=incoming.text.strip(),
        words=words,
        command="" if number else command,
        rest=rest,
        links=links,
        pictures=incoming.pictures,
        handle="" if links else _handle(words),
        ask=ask,
        label=label,
        unknown=unknown,
        number=number or (leading if a_choice else 0),
        hint="" if ask is not None else _hint(words.split(), renderer, languages),
    )


def _links(incoming: Incoming) -> tuple[tuple[str, ...], str]:
    found = list(incoming.links)
    words = cut(incoming.text)
    for pattern in (_URL, _BARE):
        for match in pattern.findall(words):
            link = match.rstrip(_TRAILING)
            found.append(link if "://" in link or link.startswith("matrix:") else f"https://{link}")
        words = pattern.sub(" ", words)
    return tuple(dict.fromkeys(_bare(link) for link in found)), " ".join(words.split())


def _bare(link: str) -> str:
    """Query and fragment never leave (F7); a matrix.to address lives in its fragment."""
    if "matrix.to/#" in link:
        return link.partition("?")[0]
    return re.split(r"[?#]", link, maxsplit=1)[0]


def _handle(words: str) -> str:
    found = _HANDLE.search(words)
    return found.group(0).lower() if found else ""


def _first_word(words: str, renderer: Renderer, languages: Sequence[str]) -> tuple[str, str]:
    """The command that the first two words or the first one stand for ("tell them TEXT", "say TEXT")."""
    tokens = words.split()
    for count in (2, 1):
        command = renderer.command(" ".join(tokens[:count]), languages) or ""
        if command in WITH_ARGUMENT and len(tokens) > count:
            return command, " ".join(tokens[count:])
    return "", ""


def _leading_number(words: str, renderer: Renderer, languages: Sequence[str]) -> int:
    """A digit, or a number word as it is dictated, with something behind it."""
    first, _, rest = words.partition(" ")
    spoken = renderer.command(first, languages) or ""
    return int(spoken) if rest and spoken.isdecimal() else 0


def _wish(words: str, renderer: Renderer, languages: Sequence[str]) -> tuple[Ask | None, str, str]:
    """Which ask and label a few words name; "food" alone means a content warning "food"."""
    tokens = words.split()
    if not tokens or len(tokens) > _LONGEST_WISH:
        return None, "", ""
    for end in range(len(tokens), 0, -1):
        ask = renderer.ask(" ".join(tokens[:end]), languages)
        if ask is not None:
            return _with_label(Ask(ask), " ".join(tokens[end:]), renderer, languages)
    label = renderer.label(" ".join(tokens), languages)
    return (Ask.CW, label, "") if label else (None, "", " ".join(tokens))


def _with_label(ask: Ask, word: str, renderer: Renderer, languages: Sequence[str]) -> tuple[Ask, str, str]:
    if ask is not Ask.CW or not word:
        return ask, "", ""
    label = _label_in(word.split(), renderer, languages)
    return (ask, label, "") if label else (ask, "", word)


def _hint(tokens: list[str], renderer: Renderer, languages: Sequence[str]) -> str:
    """What a sentence says about a warning: the label named behind it, or that it wants one at all."""
    if len(tokens) > _LONGEST_HINT:
        return ""
    for end in range(1, len(tokens) + 1):
        for begin in range(max(0, end - 3), end):
            if renderer.ask(" ".join(tokens[begin:end]), languages) == Ask.CW:
                return _label_in(tokens[end:], renderer, languages) or str(Ask.CW)
    return ""


def _label_in(tokens: list[str], renderer: Renderer, languages: Sequence[str]) -> str:
    """The first label among some words, the longest spelling first."""
    for begin in range(len(tokens)):
        for end in range(min(len(tokens), begin + 3), begin, -1):
            label = renderer.label(" ".join(tokens[begin:end]), languages)
            if label:
                return label
    return ""
