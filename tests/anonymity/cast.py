"""Who asks, and how they go about it: in all of this two reporters with the same closed choices may differ (T1a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

Platform = Literal["fediverse", "matrix"]


@dataclass(frozen=True)
class Words:
    """One language's words for the same closed choices."""

    agree: str = "agree"
    label: str = "1 flashing"
    edit: str = "1"
    send: str = "send"
    more: str = "more"
    moderators: str = "moderators"


GERMAN = Words("Ich stimme zu!", "1 Blitzlicht", "Eins", "abschicken", "more", "Moderation")
FRENCH = Words("D'accord", "1 flashs", "un", "Envoyer", "more", "modération")


@dataclass(frozen=True)
class Reporter:
    """`before` are lines of another chat, `slips` wrong answers at the menu; `shape` is how the link is written."""

    name: str
    platform: Platform
    words: Words = Words()
    before: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    changes: bool = False
    earlier: bool = False
    staff: bool = False
    shape: str = "plain"
    relay: str = "I only meant the picture at the end"
    traits: dict[str, str] = field(default_factory=dict)

    def link(self, url: str) -> str:
        """The same post as this person copied it."""
        if self.shape == "tracked":
            return f"Schau mal: {url}{'&' if '?' in url else '?'}igsh=TRACKED&utm_source=lea"
        if self.shape == "ours" and "/@dave/" in url:
            return f"https://social.example/@dave@far.example/{url.rpartition('/')[2]}"
        if self.shape == "activity" and "/@" in url:
            head, _, native = url.rpartition("/")
            return f"{head.replace('/@', '/users/')}/statuses/{native}?x=1#top"
        if self.shape != "plain" and "matrix.to" in url:
            room, event = url.partition("#/")[2].partition("?")[0].split("/")
            return f"https://matrix.to/#/{quote(room, safe='')}/{quote(event, safe='')}?via=one.example&via=two.example"
        return url


ADA = Reporter("ada", "fediverse")
LEA = Reporter(
    "lea@elsewhere.example",
    "fediverse",
    words=GERMAN,
    before=("Guten Tag, ich hätte da einmal eine Frage zu einem Beitrag.", "help", "status"),
    slips=("keine Ahnung, was davon", "9"),
    changes=True,
    earlier=True,
    shape="tracked",
    relay="Mir ist das Blinken einfach zu viel",
    traits={"display_name": "Lea vom Berg"},
)
BEN = Reporter(
    "ben",
    "matrix",
    words=FRENCH,
    before=("Bonjour, je voudrais vous parler d'une publication.",),
    slips=("qu'est-ce que c'est ?",),
    shape="activity",
    relay="Ce serait plus doux a mes deux yeux",
)
MIA = Reporter("mia", "matrix", staff=True, earlier=True, changes=True, relay="My eyes hurt when I look at flashes")

#: Everybody who may stand behind a request; their own side is what T1 leaves out.
EVERYBODY = (ADA, LEA, BEN, MIA)
