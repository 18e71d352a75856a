"""How to join the sandbox with any client, and what to try first. Prints; besides, posts what there is to ask about."""

from __future__ import annotations

from outreach.entrypoints.sandbox.escalation import JOKE, message_link
from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.suggestion import LUNCH
from outreach.entrypoints.sandbox.town import BOT, PEOPLE, Town

_WORDS = """\
The sandbox is ready. It lives on this machine alone; Ctrl-C ends it and leaves nothing behind.

Matrix: {homeserver}
  Any client, as "other homeserver". Every person is in the room Lounge, moderators also in the room Moderators.
{matrix}
  The bot is {bot}. Start a private chat with it; encrypted, as your client does it, or not.

Mastodon: {fediverse}
  A stand-in without a login page; curl speaks to it with these tokens:
{fediverse_people}
  The bot is @{name}.

Try first
  1. As ada on Matrix, start a private chat with {name} and send this link to a message of erin's:
     {message}
     {name} answers; go on with agree, 2, send. Then be erin: she finds a new room. Answer why, who, or no.
     After no, ada is asked what next; with moderators and send, mia and noor get a card.
  2. As ada on Mastodon, send a private post with the link to a post of dave's:
     curl -H 'Authorization: Bearer {ada}' {fediverse}/api/v1/statuses \\
       -d visibility=direct -d 'status=@{name} {post}'
     and read what comes back, as ada, as dave, as anybody:
     curl -g -H 'Authorization: Bearer {ada}' '{fediverse}/api/v1/notifications?types[]=mention'
     Answer in the same way: agree, 1 food, send. Then be dave and add the warning:
     curl -X PUT -H 'Authorization: Bearer {dave}' {fediverse}/api/v1/statuses/{id} \\
       -d 'status={lunch}' -d spoiler_text=food
  Here nothing is held back. A real community waits for hours, so that the moment does not tell who asked.
"""


async def welcome(town: Town, narrator: Narrator) -> None:
    """Say how to begin, once there is something to ask about."""
    async with town.on_fediverse("dave") as dave, town.on_matrix("erin") as erin:
        post = await dave.post(LUNCH, language="en")
        joke = await erin.say(town.rooms.lounge, JOKE)
    text = _WORDS.format(
        homeserver=town.synapse.url,
        matrix=_listed({name: f"{account.user_id:<20}{account.password}" for name, account in town.accounts.items()}),
        bot=town.bot_id,
        name=BOT,
        fediverse=town.mock.url,
        fediverse_people=_listed({name: f"@{name:<19}{town.mock.token(name)}" for name in PEOPLE}),
        message=message_link(town.rooms.lounge, joke),
        post=post.url,
        id=post.id,
        lunch=LUNCH,
        ada=town.mock.token("ada"),
        dave=town.mock.token("dave"),
    )
    narrator.line(text)


def _listed(rows: dict[str, str]) -> str:
    return "\n".join(f"    {row:<42}{PEOPLE[name]}" for name, row in rows.items() if name in PEOPLE)
