"""The first story: a suggestion between two people on Mastodon, followed.

Each step is seen by the person it happens to. Knows no wording beyond the few words a letter cannot lack.
"""

from __future__ import annotations

from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.people import FediversePerson
from outreach.entrypoints.sandbox.secrecy import check_unnamed, seen_on_fediverse
from outreach.entrypoints.sandbox.talking import FediverseVoice, Talk
from outreach.entrypoints.sandbox.town import Town

LUNCH = "Lunch! Three cheeses, and then a fourth."


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
