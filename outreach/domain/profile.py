"""A community's policy as a value: rules, labels, asks, measures, classes, and the procedure around them.

Where it was written and how it is read is not known here. It is checked when it is loaded: every name in it exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from outreach.domain import procedure as p
from outreach.domain.asks import Ask, Strength
from outreach.domain.discipline.age import Membership
from outreach.domain.discipline.clocks import Clocks
from outreach.domain.discipline.ladder import Ladder
from outreach.domain.discipline.plan import Discipline, OffenceClass, Plan
from outreach.domain.identity import Platform
from outreach.domain.words import Text


class Level(StrEnum):
    """R056 to R058: who may see something."""

    UNRESTRICTED = "unrestricted"
    RESTRICTED = "restricted"
    PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose rules, and under which licence (R002)."""

    title: str
    licence: str
    adapted_from: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject; on one with a `gap` the rules are silent, and a decision needs a reason written by hand (R044)."""

    name: Text
    rules: tuple[str, ...] = ()
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule. `reason` and `why` are read by an author; any one of `labels` satisfies it; `edge` stops suggestions."""

    text: Text
    source: str
    topic: str
    strength: Strength
    rules: tuple[str, ...] = ()
    level: Level | None = None
    reason: Text = Text()
    why: Text = Text()
    labels: tuple[str, ...] = ()
    sensitive: Strength | None = None
    urgent: bool = False
    keep_no_copy: bool = False
    edge: bool = False
    needs_note: bool = False
    flag: str = ""
    indicator: str = ""
    age: Literal["", "nudity_lt", "sexuality_lt"] = ""


@dataclass(frozen=True, slots=True)
class Label:
    """The word of a warning. `pattern`: `?` stands for a letter; what fits it is this label too."""

    clause: str
    name: Text
    words: Text
    strength: Strength | None = None
    rules: tuple[str, ...] = ()
    lived: bool = False
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class AskRule:
    """Where something may be asked, under which rule, how strongly where no label says it."""

    clause: str
    on: tuple[Platform, ...]
    strength: Strength | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """How far a strength binds, and what follows when nothing is done (R054, R073)."""

    deviation: Literal["free", "with_reason", "refused"]
    consequence: Text
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demands:
    """What a level demands, and how strongly; "" is no demand (R056 to R058)."""

    rules: tuple[str, ...] = ()
    warning: Literal["", "may", "should", "shall"] = ""
    sensitive: Literal["", "may", "should", "shall"] = ""
    out_of_public: Literal["", "may", "should", "shall"] = ""
    out_of_public_unlabelled: Literal["", "may", "should", "shall"] = ""
    rejected: Literal["", "may", "should", "shall"] = ""
    media_removed: Literal["", "may", "should", "shall"] = ""


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Something that can be done: on what scope and object, how heavy within it, and what is set on a server."""

    text: Text
    scope: Literal["account", "instance", "hashtag", "keyword"]
    object: Literal["person", "message", "media"]
    degree: int
    rules: tuple[str, ...] = ()
    setting: str = ""
    instead_on_mastodon: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its rules: questions of triage, names of roles, reasons for an exception."""

    text: Text
    rules: tuple[str, ...] = ()
    health_data: bool = False


@dataclass(frozen=True, slots=True)
class NoOffence:
    """What is no offence, and what to do instead (R124)."""

    text: Text
    proposes: Literal["nothing", "explain"]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeverAsk:
    """What this community wants nobody to be asked."""

    labels: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """One community's policy. `version` names profile, date and content, and stands with every decision (R044)."""

    name: str
    version: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    labels: Mapping[str, Label] = field(default_factory=dict)
    asks: Mapping[Ask, AskRule] = field(default_factory=dict)
    never_ask: NeverAsk = NeverAsk()
    strengths: Mapping[Strength, Binding] = field(default_factory=dict)
    levels: Mapping[Level, Demands] = field(default_factory=dict)
    measures: Mapping[str, MeasureRule] = field(default_factory=dict)
    triage: Mapping[str, Wording] = field(default_factory=dict)
    names: Mapping[str, Wording] = field(default_factory=dict)
    no_offence: Mapping[str, NoOffence] = field(default_factory=dict)
    classes: Mapping[str, OffenceClass] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    ladder: Ladder = field(default_factory=Ladder)
    exceptions: Mapping[str, Wording] = field(default_factory=dict)
    index_request: p.IndexRequests = field(default_factory=p.IndexRequests)
    clocks: Clocks = field(default_factory=Clocks)
    ballot: p.Ballots = field(default_factory=p.Ballots)
    membership: Membership = field(default_factory=Membership)
    stop: p.StopOrders = field(default_factory=p.StopOrders)
    decision: p.Deciding = field(default_factory=p.Deciding)
    procedure: p.Procedure = field(default_factory=p.Procedure)
    sla: p.AnswerTimes = field(default_factory=p.AnswerTimes)
    appeal: p.Appeals = field(default_factory=p.Appeals)
    minor: p.Minors = field(default_factory=p.Minors)
    harassment: p.Harassment = field(default_factory=p.Harassment)
    spam: p.Spam = field(default_factory=p.Spam)
    report_abuse: p.ReportAbuse = field(default_factory=p.ReportAbuse)
    reporter: p.ReporterSeen = field(default_factory=p.ReporterSeen)
    log: p.LogSeen = field(default_factory=p.LogSeen)
    recuse: p.Recusal = field(default_factory=p.Recusal)
    class_f: p.Authorities = field(default_factory=p.Authorities)
    timers: p.TimersSeen = field(default_factory=p.TimersSeen)
    restricted: p.Restricted = field(default_factory=p.Restricted)
    evidence: p.EvidenceKept = field(default_factory=p.EvidenceKept)

    @property
    def discipline(self) -> Discipline | None:
        """Classes, plan and ladder, where offences are decided by class."""
        return Discipline(self.classes, self.plan, self.ladder) if self.classes else None

    def strength_of(self, ask: Ask, label: str = "") -> Strength:
        """How strongly the rules stand behind an ask; only `cw` has a label and takes its strength from it."""
        rule: Label | AskRule = self.labels[label] if ask is Ask.CW and label in self.labels else self.asks[ask]
        return rule.strength or self.clauses[rule.clause].strength

    def clause_of(self, ask: Ask, label: str = "") -> Clause:
        """The rule behind an ask, or behind its label."""
        return self.clauses[(self.labels[label] if label in self.labels else self.asks[ask]).clause]

    def said_of(self, ask: Ask, label: str, part: Literal["reason", "why", "text"]) -> Text:
        """What is told about it: the label's rule first, else the one of the ask."""
        told: Text = getattr(self.clause_of(ask, label), part)
        return told or getattr(self.clause_of(ask), part)

    def permits(self, clause: str, strength: Strength) -> bool:
        """Whether something may be asked this strongly under a rule: never more strongly than the rule (R008)."""
        order = tuple(Strength)
        return order.index(strength) <= order.index(self.clauses[clause].strength)

    def asks_on(self, platform: Platform) -> frozenset[Ask]:
        """What may be asked on a medium here."""
        return frozenset(
            ask for ask, rule in self.asks.items() if platform in rule.on and ask not in self.never_ask.asks
        )

    def never_asks(self, ask: Ask, label: str = "") -> bool:
        """Whether this community wants that asked of nobody."""
        return ask in self.never_ask.asks or (ask is Ask.CW and label in self.never_ask.labels)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels that can be asked for, in the order of the profile."""
        return tuple(label for label in self.labels if label not in self.never_ask.labels)

    def lived(self, label: str) -> bool:
        """Whether authors may speak of their own life under a label (design, promise 5)."""
        return label in self.labels and self.labels[label].lived

    def label_matching(self, word: str) -> str | None:
        """The label one of whose patterns a word fits."""
        return next((name for name, label in self.labels.items() if _fits(word, label.pattern)), None)

    def texts(self) -> Iterator[tuple[str, str, Text]]:
        """Every text with its table and key."""
        for table in _WITH_TEXTS:
            for entry in getattr(self, table).values():
                for key in ("text", "name", "words", "reason", "why", "consequence"):
                    text = getattr(entry, key, None)
                    if isinstance(text, Text) and text:
                        yield table, key, text


_WITH_TEXTS = (
    *("strengths", "topics", "clauses", "labels", "measures", "triage", "no_offence"),
    *("classes", "exceptions", "names"),
)


def _fits(word: str, pattern: str) -> bool:
    return (
        bool(pattern)
        and len(word) == len(pattern)
        and all(
            mark == letter if mark != "?" else letter.isascii() and letter.isalpha()
            for mark, letter in zip(pattern, word, strict=True)
        )
    )
