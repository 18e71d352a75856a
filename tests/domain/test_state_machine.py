"""Properties of the one table: only typed refusals, rows lead where they say, no sanction, may stays may."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import effects as fx
from outreach.domain.asks import Strength
from outreach.domain.case import Contact, Stage
from outreach.domain.diagram import diagram
from outreach.domain.letters import LETTERS, Audience
from outreach.domain.state_machine import TRANSITIONS
from tests.domain.lives import SANCTIONS, Life, births, inputs, messages, wandering

LIVES = st.builds(lambda birth, rest: Life([birth, *rest]), births(), st.lists(inputs(), max_size=25))

_AUDIENCES = {fx.ToMember: Audience.MEMBER, fx.ToRecipient: Audience.RECIPIENT, fx.ToStaff: Audience.STAFF}
_AUDIENCES |= {fx.ToTalk: Audience.ROOM}


@given(LIVES)
def test_any_input_in_any_stage_is_decided_or_refused(life: Life) -> None:
    for _ in life.steps():
        pass


@given(LIVES)
def test_a_row_leads_only_where_it_says(life: Life) -> None:
    for before, said, decision, after in life.steps():
        if decision is None or after is None:
            continue
        row = TRANSITIONS[before.stage if before else None, type(said)]
        assert after.stage in row.leads_to, (said, before and before.stage, after.stage)


def test_every_row_and_every_stage_it_names_is_reached() -> None:
    """A row that no life reaches would make the diagram lie."""
    wanted = {(stage, said, target) for (stage, said), row in TRANSITIONS.items() for target in row.leads_to}
    for step in wandering(240000):
        wanted.discard(step)
        if not wanted:
            return
    raise AssertionError(sorted(map(str, wanted)))


def test_the_readme_shows_the_table() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert f"```mermaid\n{diagram()}\n```" in readme, "run `python -m outreach.domain.diagram` and paste it there"


@given(LIVES)
def test_every_message_has_one_addressee_and_a_letter_of_their_own(life: Life) -> None:
    for _, _, decision, _ in life.steps():
        for message in messages(decision) if decision else []:
            known = LETTERS[_AUDIENCES[type(message.to)]]
            assert message.letter.name in known, message
            assert set(message.letter.values) <= known[message.letter.name], message
            assert all(isinstance(value, str) for value in message.letter.values.values())


@given(LIVES)
def test_no_path_reaches_a_sanction(life: Life) -> None:
    for _, _, _, after in life.steps():
        assert after is None or after.stage not in SANCTIONS


@given(LIVES)
def test_a_suggestion_reaches_neither_reminder_nor_report(life: Life) -> None:
    for _, _, decision, after in life.steps():
        if decision is None or after is None or after.strength is not Strength.MAY or after.post is None:
            continue
        names = {message.letter.name for message in messages(decision)}
        assert not names & {"reminder", "unresolved", "card"} or after.staff_called, names
        assert after.stage not in (Stage.REPORTED, Stage.UNRESOLVED)
        assert not after.escalated


@given(LIVES)
def test_nothing_is_shown_to_a_request_before_its_time(life: Life) -> None:
    """F3: a request that waits hears only what its own release brings."""
    for before, _, decision, _ in life.steps():
        if decision is None or before is None:
            continue
        waiting = {r.id for r in before.requests if r.standing == "waiting"}
        for message in messages(decision):
            if isinstance(message.to, fx.ToMember) and message.to.request in waiting:
                assert message.letter.name in ("time_has_come", "sent_not_needed")


@given(LIVES)
def test_an_author_who_is_not_to_be_written_to_gets_no_outreach(life: Life) -> None:
    for before, said, decision, _ in life.steps():
        if decision is None or before is None or before.contact is not Contact.WITHHELD:
            continue
        sent = {m.letter.name for m in messages(decision) if isinstance(m.to, fx.ToRecipient)}
        assert not sent & {"first_contact", "reminder", "phrase", "relayed_words", "thanks"}, said


@given(LIVES)
def test_a_closed_case_has_no_running_deadline_but_forgetting(life: Life) -> None:
    standing: dict[tuple[str, str], None] = {}
    for _, _, decision, after in life.steps():
        for effect in decision.effects if decision else ():
            if isinstance(effect, fx.SetTimer):
                standing[effect.timer, effect.subject] = None
            elif isinstance(effect, fx.ClearTimer):
                standing.pop((effect.timer, effect.subject), None)
        if after is not None and after.stage is Stage.CLOSED and not after.called_after:
            left = {timer for timer, _ in standing}
            assert left <= {fx.Timer.UNLINK, fx.Timer.PURGE, fx.Timer.RELAY, fx.Timer.RELEASE}, left
            assert {fx.Timer.UNLINK, fx.Timer.PURGE} <= left
