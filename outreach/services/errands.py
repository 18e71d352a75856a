"""Looks and acts in the world on behalf of a case or a draft; the answer comes back as an input, in one transaction.

Sends no words. An errand that finds nobody at home is run again, and answers "cannot tell" in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from outreach.domain.case import Case, Contact
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, Platform, RequestId
from outreach.domain.inputs import Looked, Occasion, Withdrawn
from outreach.domain.posts import Observation, Remedy, Sight, remedy
from outreach.ports import Clock, Gateway, Misconfigured, OutcomeUnknown, Place, TryLater, Undeliverable
from outreach.ports.store import Conversation, Errand, Store, Transaction
from outreach.services import picturing, talking
from outreach.services.casework import Casework
from outreach.services.desk import Desk, recording
from outreach.services.dialogue.drafting import Drafting
from outreach.services.dialogue.telling import Telling
from outreach.services.picturing import Picturing
from outreach.services.settings import Settings
from outreach.services.talking import Talking
from outreach.services.witnessing import Witnessing

log = structlog.get_logger()

#: After so many tries a look answers "cannot tell", and an invitation is left alone.
MOST_TRIES = 6
#: What both sides have agreed to outlives a server that is down for a day.
MOST_TRIES_FOR_A_TALK = 300
_MOST = {talking.ERRAND: MOST_TRIES_FOR_A_TALK, picturing.ERRAND: picturing.MOST_TRIES}
_LONGEST_PAUSE = 300.0


@dataclass(frozen=True, slots=True)
class Errands:
    """Runs what the outbox holds beside messages."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    casework: Casework
    drafting: Drafting
    telling: Telling
    witnessing: Witnessing
    picturing: Picturing
    desk: Desk
    settings: Settings
    clock: Clock

    async def due(self) -> list[Errand]:
        """The errands that may be run now."""
        now = self.clock.now()
        return list(await self.store.transact(lambda tx: tx.outbox.errands(now)))

    async def run(self, errand: Errand) -> None:
        """Run one errand once. Never raises for what the other side did."""
        try:
            match errand.kind:
                case "look":
                    await self._look(errand)
                case recording.ERRAND:
                    await self._record(errand)
                case "surroundings":
                    await self.witnessing.look_around(errand, last=errand.attempts + 1 >= MOST_TRIES)
                case picturing.ERRAND:
                    await self.picturing.run(errand)
                case talking.ERRAND:
                    await self._talking.make(errand)
                case "pin":
                    await self._pin(errand)
                case "join" | "leave" | "forget":
                    await self._room(errand)
                case _:
                    log.error("unknown errand")
                    await self.store.transact(lambda tx: tx.outbox.errand_done(errand))
        except (TryLater, OutcomeUnknown, Misconfigured) as fault:
            await self._again(errand, fault.delay if isinstance(fault, TryLater) else 5.0)
        except Exception as error:  # nobody foresaw it; what is asked for ends as "cannot tell"
            log.error("errand failed", kind=errand.kind, exc_info=error)
            await self._again(errand, 5.0)

    async def _again(self, errand: Errand, delay: float) -> None:
        if errand.attempts + 1 >= _MOST.get(errand.kind, MOST_TRIES):
            return await self._give_up(errand)
        at = self.clock.now() + timedelta(seconds=max(delay, min(2.0**errand.attempts, _LONGEST_PAUSE)))
        return await self.store.transact(lambda tx: tx.outbox.retry(errand, at))

    async def _give_up(self, errand: Errand) -> None:
        try:
            if errand.kind == picturing.ERRAND:
                return await self.picturing.give_up(errand)
            if errand.kind == recording.ERRAND:
                return await self._filed(errand, [])
            if errand.kind == talking.ERRAND:
                return await self._talking.give_up(errand)
            await self._tell(errand, [Observation(Sight.UNSURE)], eligible=True)
        except Exception as error:
            log.error("errand given up", kind=errand.kind, exc_info=error)
            await self.store.transact(lambda tx: tx.outbox.errand_done(errand))

    @property
    def _talking(self) -> Talking:
        return Talking(self.store, self.gateways, self.casework)

    async def _room(self, errand: Errand) -> None:
        gateway = self.gateways[Platform.MATRIX]
        act = {"join": gateway.accept, "leave": gateway.leave, "forget": gateway.forget}[errand.kind]
        try:
            await act(errand.facts["room"])
        except Undeliverable:
            log.info("room not entered")
        await self.store.transact(lambda tx: tx.outbox.errand_done(errand))

    async def _pin(self, errand: Errand) -> None:
        """Where the bot may not, the message stands there unpinned; `check` says what is missing."""
        facts = errand.facts
        try:
            await self.gateways[Platform.MATRIX].pin(facts["room"], facts["event"], facts["instead"])
        except Undeliverable:
            log.warning("message not pinned")
        await self.store.transact(lambda tx: tx.outbox.errand_done(errand))

    # looking

    async def _look(self, errand: Errand) -> None:
        if errand.case:
            return await self._look_for_case(errand)
        member = await self.store.transact(lambda tx: tx.conversations.get(errand.conversation))
        links = errand.facts["links"].split("\n")
        if member is None or not self.drafting.looks_for(member, links):
            return await self.store.transact(lambda tx: tx.outbox.errand_done(errand))
        told = member.draft is not None and bool(member.draft.kind)  # anybody may report (R025)
        eligible = told or await self._may_ask(member.account)
        seen = [await self._look_at(link, member.account) for link in links] if eligible else []
        return await self._tell(errand, seen, eligible=eligible)

    async def _record(self, errand: Errand) -> None:
        """A moderator's own report: whatever of it cannot be seen stops nothing."""
        await self._filed(errand, [await self._look_at(link, None) for link in errand.facts["links"].split("\n")])

    async def _filed(self, errand: Errand, seen: list[Observation | None]) -> None:
        def commit(tx: Transaction) -> None:
            tx.outbox.errand_done(errand)
            self.desk.recording.file(tx, dict(errand.facts), seen)

        await self.store.transact(commit)

    async def _look_at(self, link: str, reporter: Account | None) -> Observation | None:
        """None where the place is none of ours (F37)."""
        for gateway in self.gateways.values():
            if gateway.recognises(link):
                try:
                    return await gateway.look(link, reporter=reporter)
                except Undeliverable:
                    return None
        return Observation(Sight.GONE)

    async def _may_ask(self, account: Account) -> bool:
        """F13: accounts of the configured servers, members of the community's rooms, or whoever the policy lets."""
        if self.settings.policy.who_may_ask != "local" or self.settings.is_local(account):
            return True
        if account.platform is not Platform.MATRIX:
            return False
        gateway = self.gateways[Platform.MATRIX]
        rooms = [await gateway.members(room) for room in sorted(self.settings.community_rooms)]
        return any(account.same_as(one) for room in rooms for one in room)

    async def _tell(
        self, errand: Errand, seen: list[Observation | None] | list[Observation], *, eligible: bool
    ) -> None:
        def commit(tx: Transaction) -> None:
            tx.outbox.errand_done(errand)
            member = tx.conversations.get(errand.conversation) if errand.conversation else None
            if member is not None and self.drafting.looks_for(member, errand.facts["links"].split("\n")):
                self._draft_looked(tx, member, list(seen), eligible=eligible)
            elif errand.case:
                first = seen[0] if seen else None
                self._case_looked(tx, errand, first or Observation(Sight.UNSURE))

        await self.store.transact(commit)

    def _draft_looked(
        self, tx: Transaction, member: Conversation, seen: list[Observation | None], *, eligible: bool
    ) -> None:
        if member.draft is not None and member.draft.kind:
            return self.telling.looked(tx, member, seen)
        return self.drafting.looked(tx, member, seen, eligible=eligible)

    # looking for a case

    async def _look_for_case(self, errand: Errand) -> None:
        case = await self.store.transact(lambda tx: tx.cases.load(errand.case))
        if case is None or case.post is None:
            return await self.store.transact(lambda tx: tx.outbox.errand_done(errand))
        if errand.facts["occasion"] == Occasion.RELEASE and not await self._still_there(errand.facts["request"]):
            return await self._end_quietly(errand)
        seen = await self._look_at(case.post.uri, None)
        if seen is not None and seen.sight is Sight.GONE and await self._vanished(case):
            seen = Observation(Sight.UNSURE, at=seen.at, author_reachable=False)
        elif seen is not None and seen.sight is Sight.GONE:
            redrafts = await self.gateways[case.post.platform].redrafts(case.post.author)
            seen = replace(seen, redrafts=redrafts)
        return await self._tell(errand, [seen], eligible=True)

    async def _vanished(self, case: Case) -> bool:
        """Whether the post went with its author's account before anybody was written to: the same as silence (F20)."""
        assert case.post is not None  # noqa: S101
        if case.contact is Contact.MADE:
            return False
        return not await self.gateways[case.post.platform].reaches(case.post.author, Place())

    async def _still_there(self, request: str) -> bool:
        """Whether who asked can still be told what comes of it; who is gone, or blocked us, wants no letter sent."""

        def member_of(tx: Transaction) -> Conversation | None:
            link = tx.links.of_request(request)
            return tx.conversations.get(link.conversation) if link is not None else None

        member = await self.store.transact(member_of)
        if member is None:
            return False
        return await self.gateways[member.platform].reaches(member.account, member.place)

    async def _end_quietly(self, errand: Errand) -> None:
        def commit(tx: Transaction) -> None:
            tx.outbox.errand_done(errand)
            try:
                self.casework.apply(tx, errand.case, Withdrawn(RequestId(errand.facts["request"])))
            except Refusal:
                return

        await self.store.transact(commit)

    def _case_looked(self, tx: Transaction, errand: Errand, seen: Observation) -> None:
        case = tx.cases.load(errand.case)
        if case is None or case.post is None:
            return
        said = Looked(
            Occasion(errand.facts["occasion"]),
            self._judge(case, seen),
            may_contact=seen.author_reachable and self.casework.may_contact(tx, case),
            warning=seen.post.warning if seen.post else "",
            request=RequestId(errand.facts["request"]),
        )
        try:
            self.casework.apply(tx, case.id, said)
        except Refusal:
            return

    def _judge(self, case: Case, seen: Observation) -> Remedy:
        assert case.post is not None  # noqa: S101
        return remedy(case.ask, case.post, seen)
