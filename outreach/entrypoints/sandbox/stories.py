"""Two whole stories, acted through users' tokens alone; each step is seen by the person it happens to.

Says what people do and what they must then hear. Knows no wording beyond the few words each letter cannot lack.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from urllib.parse import quote

from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.people import FediversePerson, MatrixPerson, NotObserved
from outreach.entrypoints.sandbox.secrecy import check_unnamed, seen_in_room, seen_on_fediverse
from outreach.entrypoints.sandbox.talking import FediverseVoice, MatrixVoice, Talk
from outreach.entrypoints.sandbox.town import MODERATORS, Town

LUNCH = "Lunch! Three cheeses, and then a fourth."
JOKE = "People who paint their door that green should not be let out of it."


async def play(town: Town, narrator: Narrator) -> None:
    """Both stories; raises `StepFailed` at the first step that was not observed."""
    await Suggestion(town, narrator).play()
    await Escalation(town, narrator).play()


def message_link(room: str, event: str) -> str:
    """What "copy link" gives for a Matrix message."""
    return f"https://matrix.to/#/{quote(room, safe='')}/{quote(event, safe='')}"


class Suggestion:
    """ada would like a warning on dave's lunch; dave asks why and who, and adds it."""

    def __init__(self, town: Town, narrator: Narrator) -> None:
        self.town, self.narrator = town, narrator

    async def play(self) -> None:
        self.narrator.title("First story: a suggestion, from Mastodon to Mastodon")
        async with self.town.on_fediverse("ada") as ada, self.town.on_fediverse("dave") as dave:
            self.dave = dave
            self.member = Talk("ada", FediverseVoice(ada), self.narrator)
            self.author = Talk("dave", FediverseVoice(dave), self.narrator)
            await self.dave_posts()
            await self.ada_asks()
            await self.dave_hears_of_it()
            await self.dave_wonders()
            await self.dave_adds_the_warning()
            await check_dave(self.narrator, dave)

    async def dave_posts(self) -> None:
        with self.narrator.step("dave posts without a warning"):
            self.post = await self.dave.post(LUNCH, language="en")
        self.narrator.said("dave", "everybody", f"{LUNCH}\n{self.post.url}")

    async def ada_asks(self) -> None:
        ada = self.member
        await ada.says(self.post.url)
        await ada.hears("what cannot be hidden", "agree")
        await ada.says("agree")
        await ada.hears("the menu", "1 ", "5 ", "6 ", "cancel")
        await ada.says("1 food")
        await ada.hears("exactly what would be sent", "food", self.post.url, "send", "change", "cancel")
        await ada.says("send")
        await ada.hears("that it was noted", "status")

    async def dave_hears_of_it(self) -> None:
        await self.author.hears("a friendly request", "warning", "food", self.post.url, "stop")
        await check_dave(self.narrator, self.dave)
        await self.member.hears("that the time of the request has come", "time", "withdraw")

    async def dave_wonders(self) -> None:
        dave = self.author
        await dave.says("why?")
        await dave.hears("why", "food", "done")
        await dave.says("who?")
        await dave.hears("that nobody is told who asked", "nobody")

    async def dave_adds_the_warning(self) -> None:
        with self.narrator.step("dave adds the warning “food”"):
            await self.dave.edit(self.post.id, LUNCH, spoiler_text="food")
        self.narrator.did("dave edits the post: it has the warning “food” now, and he tells nobody")
        await self.author.hears("thanks, since the bot noticed by itself", "Thank you", "warning")
        await self.member.hears("that it now says “food”", "food", "settled")


async def check_dave(narrator: Narrator, dave: FediversePerson) -> None:
    check_unnamed(narrator, "ada", "dave", await seen_on_fediverse(dave))


class Escalation:
    """ben would like erin's joke taken away; erin says no, ben turns to the moderators, and mia settles it."""

    def __init__(self, town: Town, narrator: Narrator) -> None:
        self.town, self.narrator = town, narrator

    async def play(self) -> None:
        self.narrator.title("Second story: a recommendation, on Matrix, declined and brought to the moderators")
        async with AsyncExitStack() as stack:
            for name in ("ben", "erin", *MODERATORS):
                setattr(self, name, await stack.enter_async_context(self.town.on_matrix(name)))
            await self.prepare()
            await self.erin_jokes()
            await self.ben_asks()
            await self.erin_declines()
            await self.ben_turns_to_moderators()
            await self.mia_writes_to_both()
            await self.mia_closes()
            await self.check_ben_is_unseen()

    ben: MatrixPerson
    erin: MatrixPerson
    mia: MatrixPerson
    noor: MatrixPerson

    async def prepare(self) -> None:
        """Nobody hears what was said before the play; ben opens a private room, as a client does it."""
        town, rooms = self.town, self.town.rooms
        for person in (self.ben, self.erin, self.mia, self.noor):
            person.transcript.forget()
        with self.narrator.step("the bot accepts ben's invitation"):
            room = await self.ben.dm(town.bot_id)
            await self.ben.see_member(room, town.bot_id)
        shared = (rooms.lounge, rooms.staff)
        self.erin_hears = MatrixVoice(self.erin, town.bot_id, elsewhere=shared)
        self.mia_hears = MatrixVoice(self.mia, town.bot_id, room=rooms.staff)
        self.member = Talk("ben", MatrixVoice(self.ben, town.bot_id, room=room), self.narrator)
        self.author = Talk("erin", self.erin_hears, self.narrator)
        self.moderator = Talk("mia", self.mia_hears, self.narrator, place="in the staff room")

    async def erin_jokes(self) -> None:
        lounge = self.town.rooms.lounge
        with self.narrator.step("erin writes in the lounge"):
            self.link = message_link(lounge, await self.erin.say(lounge, JOKE))
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
        await self.member.hears("that the moderators have it", "name", "status")
        card = await self.moderator.hears("the card", "erin", self.link, "!close")
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

    async def mia_writes_to_both(self) -> None:
        """Once confirmed by reaction, once by saying it again."""
        mia = self.moderator
        await mia.says("!author The green door is my neighbour's, and he reads this room. Could it go?")
        await mia.hears("a preview of her words to erin", "To: ", "erin")
        await self._confirm_by_reaction()
        await self.author.hears("the moderator's words", "moderator", "green door")
        await self.author.says("Oh! I will take it down.")
        await mia.hears("erin's answer", "take it down")
        for _ in range(2):
            await mia.says("!asker The author understood. Is that all right with you?")
            await mia.hears("what goes to the person who asked, and that it went", "{")
        await self.member.hears("the moderator's words", "moderator", "all right with you")

    async def _confirm_by_reaction(self) -> None:
        assert self.mia_hears.newest is not None
        with self.narrator.step("mia confirms with ✅"):
            await self.mia.react(self.town.rooms.staff, self.mia_hears.newest.id, "✅")
        self.narrator.did("mia reacts with ✅")

    async def mia_closes(self) -> None:
        await self.moderator.says("!close agreed")
        await self.moderator.hears("that the case is closed", "closed")
        await self.member.hears("the end", "closed")

    async def check_ben_is_unseen(self) -> None:
        erins_room = await seen_in_room(self.erin, self.erin_hears.room)
        check_unnamed(self.narrator, "ben", "erin", erins_room)
        for name in MODERATORS:
            seen = await seen_in_room(getattr(self, name), self.town.rooms.staff)
            check_unnamed(self.narrator, "ben", f"{name} in the staff room", seen)
