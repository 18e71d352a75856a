"""What single keys cannot say: names that must exist, rows that must fit. Each check yields key, problem, remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outreach.adapters.profiles.layers import Stack
from outreach.domain.asks import FEASIBLE, Ask, Strength
from outreach.domain.discipline.ladder import INDEFINITE
from outreach.domain.discipline.plan import sanctions_in
from outreach.domain.discipline.spans import Span
from outreach.domain.profile import Level, Profile

Finding = tuple[tuple[str, ...], str, str]


def check(stack: Stack, profile: Profile) -> None:
    """Raise the first thing that does not fit."""
    for look in _CHECKS:
        for key, problem, remedy in look(profile):
            raise stack.fault(key, problem, remedy)


def _complete(profile: Profile) -> Iterator[Finding]:
    for ask in Ask:
        if ask not in profile.asks:
            yield ("asks", ask), "is missing", 'extend "shared/labels"; what nobody shall be asked belongs to never_ask'
    for strength in Strength:
        if strength not in profile.strengths:
            yield ("strengths", strength), "is missing", 'extend "shared/labels", or write it'
    for level in Level:
        if level not in profile.levels:
            yield ("levels", level), "is missing", 'extend "shared/labels", or write it'


def _sources(profile: Profile) -> Iterator[Finding]:
    for name, source in profile.sources.items():
        if not source.licence.strip():
            yield ("sources", name, "licence"), "is empty", "name the licence of its texts"


def _clauses(profile: Profile) -> Iterator[Finding]:
    for name, clause in profile.clauses.items():
        at = ("clauses", name)
        if not clause.text:
            yield (*at, "text"), "is empty", "write the rule"
        if clause.source not in profile.sources:
            yield (*at, "source"), f'names "{clause.source}", which no [sources] has', f"add [sources.{clause.source}]"
        if clause.topic not in profile.topics:
            yield (*at, "topic"), f'names "{clause.topic}", which no [topics] has', f"add [topics.{clause.topic}]"
        for label in clause.labels:
            if label not in profile.labels:
                yield (*at, "labels"), f'names the label "{label}", which there is not', f"add [labels.{label}]"


def _labels(profile: Profile) -> Iterator[Finding]:
    for name, label in profile.labels.items():
        at = ("labels", name)
        if not name or name != name.lower() or len(name.split()) != 1:
            yield at, "is no short word", "write it in small letters, without a space"
        if label.clause not in profile.clauses:
            yield (*at, "clause"), f'names "{label.clause}", which no [clauses] has', "name a clause of this profile"
        for key in ("name", "words"):
            if not getattr(label, key):
                yield (*at, key), "is empty", "write what people call it"
        if label.strength and label.clause in profile.clauses and not profile.permits(label.clause, label.strength):
            yield (*at, "strength"), "is stronger than its clause", "lower it, or raise the clause"


def _words_meet(profile: Profile) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, label in profile.labels.items():
        for word in (each.strip().casefold() for each in label.words.split(",")):
            if seen.setdefault(word, name) != name:
                yield ("labels", name, "words"), f'has "{word}", which means "{seen[word]}" already', "take one out"


def _asks(profile: Profile) -> Iterator[Finding]:
    for ask, rule in profile.asks.items():
        at = ("asks", str(ask))
        if rule.clause not in profile.clauses:
            yield (*at, "clause"), f'names "{rule.clause}", which no [clauses] has', "name a clause of this profile"
            continue
        if not profile.said_of(ask, "", "reason") or not profile.said_of(ask, "", "why"):
            yield (*at, "clause"), f'names "{rule.clause}", which gives no reason', "add reason and why to that clause"
        if rule.strength and not profile.permits(rule.clause, rule.strength):
            yield (*at, "strength"), "is stronger than its clause", "lower it, or raise the clause"
        for platform in rule.on:
            if ask not in FEASIBLE[platform]:
                yield (*at, "on"), f'names "{platform}", where nobody can do that', "take it out"


def _never(profile: Profile) -> Iterator[Finding]:
    for label in profile.never_ask.labels:
        if label not in profile.labels:
            yield ("never_ask", "labels"), f'names "{label}", which no [labels] has', "correct it"


def _plan(profile: Profile) -> Iterator[Finding]:
    for name in profile.classes:
        if name not in profile.plan.table:
            yield ("plan", "table", name), "is missing: the plan skips a class", f"add {name} = [ … ] to [plan.table]"
    for name, row in profile.plan.table.items():
        at = ("plan", "table", name)
        if name not in profile.classes:
            yield at, "is a row for no class", f"add [classes.{name}], or take it out"
        elif not row:
            yield at, "is empty", 'write a cell for each index, such as ["warn", "ban"]'
        for cell in row:
            if not _is_cell(cell):
                yield at, f'has the cell "{cell}"', "use warn, mute, kick, ban, each once, joined by +"
        if name in profile.classes and profile.classes[name].permanent and row != ("ban",):
            yield at, "is no ban, though the class is permanent", 'write ["ban"]'


def _is_cell(cell: str) -> bool:
    try:
        found = sanctions_in(cell)
    except ValueError:
        return False
    return len(set(found)) == len(found)


def _ladder(profile: Profile) -> Iterator[Finding]:
    steps, at = profile.ladder.steps, ("ladder", "steps")
    if not steps:
        yield at, "is empty", 'write lengths such as ["24h", "1w", "indefinite"]'
    for step in steps:
        if step != INDEFINITE and not _is_span(step):
            yield at, f'has the step "{step}"', 'use lengths such as "24h", "1w", "3mo", and "indefinite" as the last'
    if INDEFINITE in steps[:-1]:
        yield at, 'goes on after "indefinite"', "let it be the last step"
    lengths = [Span(step).length for step in steps if step != INDEFINITE and _is_span(step)]
    if lengths != sorted(lengths):
        yield at, "grows shorter", "write the shortest first"


def _is_span(step: str) -> bool:
    try:
        Span(step)
    except ValueError:
        return False
    return True


def _clocks(profile: Profile) -> Iterator[Finding]:
    clocks = profile.clocks
    for key, (low, high) in (("phase_1", clocks.phase_1), ("phase_2", clocks.phase_2)):
        if low.length > high.length:
            yield ("clocks", key), "begins with the longer length", "write the shorter one first"
    if clocks.phase_1[0].length + clocks.phase_2[0].length > clocks.cap.length:
        yield ("clocks", "cap"), "is shorter than the shortest two phases together", "raise it"


def _ages(profile: Profile) -> Iterator[Finding]:
    ages = {
        ("minor", "nudity_lt"): profile.minor.nudity_lt,
        ("minor", "sexuality_lt"): profile.minor.sexuality_lt,
        ("membership", "min_age"): profile.membership.min_age,
    }
    for key, age in ages.items():
        if not 0 <= age <= 25:
            yield key, "is no age to come of", "use a number of years from 0 to 25"
    if any(not 0 <= step.min_age <= 25 for step in profile.membership.steps):
        yield ("membership", "steps"), "has an age that is none", "use a number of years from 0 to 25"


def _counts(profile: Profile) -> Iterator[Finding]:
    counts = {
        ("ballot", "majority"): profile.ballot.majority,
        ("ballot", "precaution_in_favour"): profile.ballot.precaution_in_favour - 1,
        ("ballot", "other_class_halts_after"): profile.ballot.other_class_halts_after - 1,
        ("harassment", "min_stop_requests"): profile.harassment.min_stop_requests - 1,
        ("report_abuse", "hint_after"): profile.report_abuse.hint_after - 1,
        ("evidence", "context_posts"): profile.evidence.context_posts,
    }
    for key, count in counts.items():
        if count < 0:
            yield key, "is too small", "raise it"
    if profile.stop.mute_at_least.length > profile.stop.mute_at_most.length:
        yield ("stop", "mute_at_least"), "is longer than mute_at_most", "lower it"


_CHECKS: tuple[Callable[[Profile], Iterator[Finding]], ...] = (
    _complete,
    _sources,
    _clauses,
    _labels,
    _words_meet,
    _asks,
    _never,
    _plan,
    _ladder,
    _clocks,
    _ages,
    _counts,
)
