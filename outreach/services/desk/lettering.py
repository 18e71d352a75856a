"""Whole letters of the moderators (R017, R034, R039, R041, R073 to R077): a name, and a line for each part.

What the case itself knows is filled in; what is missing or no choice of that part is named. Sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case
from outreach.domain.decisions.rulings import redress
from outreach.domain.discipline.spans import Span, end_of
from outreach.domain.errors import IncompleteLetter
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.domain.parts import COOPERATIVE, REQUIRED, Part, check_parts
from outreach.domain.posts import Post
from outreach.services.settings import Settings

#: What moderators may send to somebody a case is about, in the order in which it grows sterner.
NAMES = (
    *COOPERATIVE.values(),
    *("problem_post", "apology_request", "disengage", "demand", "decision", "appeal_decided", "no_violation"),
)
#: Lengths of time that become the end of a measure, or the day by which an answer is hoped for.
_SPANS = {"decision": "for", "apology_request": "by"}
_ENDS = {"for": "until", "by": "moment"}
#: Parts nobody writes: the case knows them, or (`who`) they would name somebody else.
_KNOWN = frozenset(
    {"platform", "post_day", "link", "who", "until", "moment", "automation", "trigger"}
    | {"redress", "appeal_until", "appeal_page", "appeal_code"}
)
_STRENGTH = MappingProxyType({name: strength for strength, name in COOPERATIVE.items()})
_FIELD = re.compile(r"^\s*([a-z_]+)\s*:[ \t]*(.*)$", re.DOTALL)
_SPLIT = re.compile(r"\n|\s\|\s")
#: Done once and over, whatever is decided about how long things last.
_ONCE = frozenset({"warn", "label", "mark_media", "strip_media", "kick", "delete_post", "delete_account"})
_IN_ROOMS = frozenset({"mute", "ban"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter as it was asked for: its name, what stood before the first part, and the parts."""

    name: str
    words: str
    fields: Mapping[str, str]


def read(text: str) -> Asked:
    """`NAME [WHO]`, then `PART: TEXT` on lines of their own or after ` | `; a line without a part goes on with it."""
    first, *pieces = _SPLIT.split(text.strip())
    name, _, words = first.strip().partition(" ")
    fields: dict[str, str] = {}
    last = ""
    for piece in pieces:
        found = _FIELD.match(piece)
        if found is not None:
            last = found[1]
            fields[last] = found[2].strip()
        elif last:
            fields[last] = f"{fields[last]}\n{piece.strip()}".strip()
    return Asked(name.casefold().replace("-", "_"), words.strip(), fields)


def written(name: str) -> Iterator[str]:
    """How a letter is written, a line for each part that is somebody's to write; the choices of each beside it."""
    parts = {part.name: part for part in REQUIRED.get((Audience.RECIPIENT, name), ())}
    for field in _fields(name):
        yield f"{field}: {_choices(parts.get(field), field)}"


def _fields(name: str) -> list[str]:
    """What may be written, required parts first and in their order."""
    required = dict.fromkeys(part.name for part in REQUIRED.get((Audience.RECIPIENT, name), ()))
    free = sorted(LETTERS[Audience.RECIPIENT][name] - required.keys())
    own = [one for one in (*required, *free) if one not in _KNOWN and not (one == "strength" and name in _STRENGTH)]
    return [*own, *([_SPANS[name]] if name in _SPANS else [])]


def _choices(part: Part | None, field: str) -> str:
    if field in _ENDS:
        return "3d"
    if part is None or not part.words:
        return "…"
    return (" " if part.several else "|").join(part.words)


@dataclass(frozen=True, slots=True)
class Lettering:
    """Composes letters."""

    settings: Settings

    def compose(self, case: Case, to: Account, post: Post | None, asked: Asked, now: datetime) -> Letter:
        """The letter, whole. Raises `IncompleteLetter` with the part that is missing, unknown or wrong."""
        unknown = [field for field in asked.fields if field not in _fields(asked.name)]
        if unknown:
            raise IncompleteLetter(asked.name, unknown[0], "is no part of it")
        values = self._known(case, to, post, asked.name, now) | dict(asked.fields)
        values |= _ended(asked, now)
        if asked.name == "decision":
            values = _about_measures(values, to)
        letter = Letter(asked.name, {k: v for k, v in values.items() if k in LETTERS[Audience.RECIPIENT][asked.name]})
        check_parts(Audience.RECIPIENT, letter)
        self._no_stronger_than_the_rule(letter)
        return letter

    def _known(self, case: Case, to: Account, post: Post | None, name: str, now: datetime) -> dict[str, str]:
        values = {"role": "team", "platform": str(to.platform), "consequence": "none", "ground": "rules"}
        values |= {"trigger": "notice" if case.reports or case.requests else "own", "automation": "none"}
        if post is not None:
            values |= {"post_day": post.day, "link": post.link}
        if case.post is not None:
            values |= {"ask": str(case.ask), "label": case.label, "strength": str(case.strength)}
        if name in _STRENGTH:
            values["strength"] = str(_STRENGTH[name])
        if name == "disengage":
            values["strength"] = str(Strength.SHALL)
        return values | redress(self.settings.policy, now)

    def _no_stronger_than_the_rule(self, letter: Letter) -> None:
        """R008: nothing is asked more strongly than the community's own rule about it."""
        label, strength = letter.values.get("label", ""), letter.values.get("strength", "")
        profile = self.settings.profile
        if label and label not in profile.labels:
            raise IncompleteLetter(letter.name, "label", "is none of this community's")
        if letter.name in _STRENGTH and label and strength:
            order = [str(one) for one in Strength]
            if order.index(strength) > order.index(str(profile.strength_of(Ask.CW, label))):
                raise IncompleteLetter(letter.name, "label", "has no rule that strong")


def _ended(asked: Asked, now: datetime) -> dict[str, str]:
    """The moment that a length of time in the parts stands for."""
    field = _SPANS.get(asked.name, "")
    if not field or (field not in asked.fields and field != "by"):
        return {}
    try:
        return {_ENDS[field]: end_of(now, Span(asked.fields.get(field, "7d"))).isoformat(timespec="seconds")}
    except ValueError as wrong:
        raise IncompleteLetter(asked.name, field, "is no length of time") from wrong


def _about_measures(values: dict[str, str], to: Account) -> dict[str, str]:
    """Where it holds and for how long, unless a moderator says otherwise (DSA Art. 17(3)(a))."""
    kinds = set(values.get("measure", "").split())
    if values.get("until"):
        values.setdefault("term", "limited")
    elif kinds and kinds <= _ONCE:
        values.setdefault("term", "once")
    if to.platform is Platform.MATRIX:
        values.setdefault("territory", "rooms" if kinds & _IN_ROOMS else "room")
    else:
        values.setdefault("territory", "server")
    return values


def addressed(case: Case, words: str) -> tuple[Account | None, str]:
    """Whom words are for and what of them is left: the only one there is, else the one whose handle comes first."""
    people = case.respondents
    first, _, rest = words.strip().partition(" ")
    named = first.strip(",:").lstrip("@").casefold()
    if len(people) > 1 or case.post is None:
        for one in people:
            if named and one.address.lstrip("@").casefold() == named:
                return one, rest.strip()
    return (people[0], words) if len(people) == 1 else (None, words)


def key_of(case: Case, to: Account) -> str:
    """How the domain names an addressee: the author of a case's one post has no name besides."""
    return "" if case.post is not None else to.key
