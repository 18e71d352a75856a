"""The second story: a recommendation on Matrix, declined, brought to the moderators, settled by one of them.

Each step is seen by the person it happens to. Knows no wording beyond the few words a letter cannot lack.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from urllib.parse import quote

from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.people import MatrixDevice, MatrixPerson, NotObserved
from outreach.entrypoints.sandbox.secrecy import check_sealed, check_unnamed, seen_in_room
from outreach.entrypoints.sandbox.talking import MatrixVoice, Talk
from outreach.entrypoints.sandbox.town import MODERATORS, Town

JOKE = "People who paint their door that green should not be let out of it."


def message_link(room: str, event: str) -> str:
    """What "copy link" gives for a Matrix message."""
    return f"https://matrix.to/#/{quote(room, safe='')}/{quote(event, safe='')}"


class Escalation:
    """ben would like erin's joke taken away; erin says no, ben turns to the moderators, and noor settles it."""

    def __init__(self, town: Town, narrator: Narrator) -> None:
        self.town, self.narrator = town, narrator
        self.people: dict[str, MatrixPerson] = {}

    async def play(self) -> None:
        self.narrator.title("Second story: a recommendation, on Matrix, declined and brought to the moderators")
        async with AsyncExitStack() as stack:
            names = ("ben", "erin", *MODERATORS)
            for name in names:
                person = self.town.on_matrix(name, MatrixDevice())
                self.people[name] = await stack.enter_async_context(person)
            await self.prepare()
            await self.erin_jokes()
            await self.ben_asks()
            await self.erin_declines()
            await self.ben_turns_to_moderators()
            await self.mia_gives_it_to_noor()
            await self.noor_writes_to_erin()
            await self.noor_asks_for_an_apology()
            await self.noor_writes_to_ben()
            await self.noor_closes()
            await self.check_ben_is_unseen()
            await self.check_all_was_sealed()

    async def prepare(self) -> None:
        """Nobody hears what was said before the play; ben opens a private room, as a client does it."""
        town, rooms = self.town, self.town.rooms
        for person in self.people.values():
            person.transcript.forget()
        with self.narrator.step("the bot accepts ben's invitation into an encrypted room"):
            self.bens_room = await self.people["ben"].dm(town.bot_id)
            await self.people["ben"].see_member(self.bens_room, town.bot_id)
        shared = (rooms.lounge, rooms.staff)
        self.erin_hears = MatrixVoice(self.people["erin"], town.bot_id, elsewhere=shared)
        self.mia_hears = MatrixVoice(self.people["mia"], town.bot_id, room=rooms.staff)
        self.noor_hears = MatrixVoice(self.people["noor"], town.bot_id, room=rooms.staff)
        self.member = Talk("ben", MatrixVoice(self.people["ben"], town.bot_id, room=self.bens_room), self.narrator)
        self.author = Talk("erin", self.erin_hears, self.narrator)
        self.moderator = Talk("mia", self.mia_hears, self.narrator, place="in the staff room")
        self.colleague = Talk("noor", self.noor_hears, self.narrator, place="in the staff room")

    async def erin_jokes(self) -> None:
        lounge = self.town.rooms.lounge
        with self.narrator.step("erin writes in the lounge"):
            self.link = message_link(lounge, await self.people["erin"].say(lounge, JOKE))
        self.narrator.said("erin", "everybody, in the lounge", f"{JOKE}\n{self.link}")

    async def ben_asks(self) -> None:
        ben = self.member
        await ben.says(self.link)
        await ben.hears("what cannot be hidden", "agree")
        await ben.says("agree")
        await ben.hears("the menu", "1 ", "2 ", "5 ", "6 ", "cancel")
        await ben.says("2")
        await ben.hears("exactly what would be sent", self.link, "send", "change", "cancel")
        await ben.says("send")
        await ben.hears("that it was noted", "status")

    async def erin_declines(self) -> None:
        await self.author.hears("a friendly request", self.link, "stop")
        await self.member.hears("that the time of the request has come", "time", "withdraw")
        await self.author.says("no")
        await self.author.hears("that no was understood", "Thank you")
        await self.member.hears("the question what next", "rest", "moderators", "human")

    async def ben_turns_to_moderators(self) -> None:
        await self.member.says("moderators")
        shown = await self.member.hears("exactly what moderators would see", "erin", "send")
        await self.member.says("send")
        await self.member.hears("that the moderators have it", "moderators", "status")
        card = await self.moderator.hears("the card", "erin", self.link, "!take")
        assert self.mia_hears.newest is not None
        self.mia_hears.thread = self.mia_hears.newest.id
        self._check_card(shown, card)

    def _check_card(self, shown: str, card: str) -> None:
        """Word for word; the deadline alone begins only once the card is there."""
        with self.narrator.step("the card is the one that ben agreed to"):
            quoted = [line.removeprefix(">").strip() for line in shown.splitlines() if line.startswith(">")]
            missing = [line for line in quoted if line not in card]
            if missing or not quoted:
                raise NotObserved(f"it lacks “{(missing or [''])[0]}”")
        self.narrator.did("✓ the card is the one that ben agreed to, line by line")

    async def mia_gives_it_to_noor(self) -> None:
        mia, noor = self.moderator, self.people["noor"].user_id
        await mia.says("!take")
        await mia.hears("that it is hers now", "mia", "taken")
        await mia.says(f"!assign {noor.lstrip('@')}")
        await self.colleague.hears("that it was given to her", "noor", "given")
        assert self.noor_hears.newest is not None
        self.noor_hears.thread = self.mia_hears.thread

    async def noor_writes_to_erin(self) -> None:
        noor = self.colleague
        await noor.says("!author The green door is my neighbour's, and he reads this room. Could it go?")
        await noor.hears("a preview of her words to erin", "To: ", "erin", "green door")
        await self._confirm_by_reaction()
        await noor.hears("that they are on their way", "for sending")
        await self.author.hears("the moderator's words", "moderator", "green door")
        await self.author.says("Oh! I did not know that he lives here.")
        await noor.hears("erin's answer", "he lives here")

    async def noor_asks_for_an_apology(self) -> None:
        """A whole letter, part by part; the same command again confirms it, as the reaction did before."""
        noor, letter = self.colleague, "!letter apology-request | by: 3d"
        await noor.says(letter)
        await noor.hears("a preview of the letter", "To: ", "erin", "apology")
        await noor.says(letter)
        await noor.hears("that it is on its way", "for sending")
        await self.author.hears("the moderators' letter", "apology", "Please tell us by")
        await self.author.says("I am sorry, that was thoughtless of me.")
        await noor.hears("erin's apology", "thoughtless")

    async def noor_writes_to_ben(self) -> None:
        """Whom she does not see."""
        words = "!asker The author is sorry and will be more careful. Is that all right with you?"
        await self.colleague.says(words)
        await self.colleague.hears("a preview of her words to whoever asked", "To: ", "more careful")
        await self.colleague.says(words)
        await self.colleague.hears("that they are on their way", "for sending")
        await self.member.hears("the moderator's words", "moderator", "more careful")

    async def _confirm_by_reaction(self) -> None:
        assert self.noor_hears.newest is not None
        with self.narrator.step("noor confirms with ✅"):
            await self.people["noor"].react(self.town.rooms.staff, self.noor_hears.newest.id, "✅")
        self.narrator.did("noor reacts with ✅")

    async def noor_closes(self) -> None:
        await self.colleague.says("!close agreed")
        await self.colleague.hears("that the case is closed", "closed")
        await self.member.hears("what was decided", "have decided")

    async def check_ben_is_unseen(self) -> None:
        erins_room = await seen_in_room(self.people["erin"], self.erin_hears.room)
        check_unnamed(self.narrator, "ben", "erin", erins_room)
        for name in MODERATORS:
            seen = await seen_in_room(self.people[name], self.town.rooms.staff)
            check_unnamed(self.narrator, "ben", f"{name} in the staff room", seen)

    async def check_all_was_sealed(self) -> None:
        rooms = {"ben": self.bens_room, "erin": self.erin_hears.room, "mia": self.town.rooms.staff}
        for name, room in rooms.items():
            await check_sealed(self.narrator, name, self.people[name], room)
