"""Whether a name stands anywhere in what somebody else can see, and whether words stand anywhere unsealed.

Fetched with people's own tokens. Looks at all fields, not only at texts. Knows what servers tell a person, and nothing
of the bot's own books.
"""

from __future__ import annotations

import json
import re

from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.people import FediversePerson, MatrixPerson, NotObserved
from outreach.entrypoints.sandbox.people.matrix_acts import MatrixActs


async def seen_on_fediverse(person: FediversePerson) -> str:
    """Every notification with its post. No timelines: the mock shows everybody all private posts."""
    return _flat(await person.notifications()) + _flat([str(post) + post.html for post in await person.inbox()])


async def seen_in_room(person: MatrixPerson, room: str) -> str:
    """Every event and the whole state of one room."""
    return _flat(await person.history(room)) + _flat(await person.full_state(room))


def check_unnamed(narrator: Narrator, name: str, whose: str, seen: str) -> None:
    """A step of its own: `seen`, which is all that `whose` says, does not hold `name`."""
    with narrator.step(f"nothing that {whose} can see names {name}"):
        if re.search(rf"\b{re.escape(name)}\b", seen, re.IGNORECASE):
            raise NotObserved(f"{name} is named there")
    narrator.did(f"✓ nothing that {whose} can see names {name} ({len(seen)} characters looked through)")


async def check_sealed(narrator: Narrator, name: str, person: MatrixPerson, room: str) -> None:
    """A step of its own: the homeserver holds no message of the room in the clear, and the person could read all."""
    with narrator.step(f"{name} can read all in a room of which the homeserver can read nothing"):
        kept = await MatrixActs.history(person, room)
        clear = [event for event in kept if event["type"] == "m.room.message"]
        sealed = [event for event in kept if event["type"] == "m.room.encrypted"]
        if clear or not sealed or person.unread:
            raise NotObserved(f"{len(clear)} of {len(kept)} events in the clear, {len(person.unread)} unreadable")
    narrator.did(f"✓ the homeserver cannot read {name}'s room ({len(sealed)} sealed messages, each read by {name})")


def _flat(found: object) -> str:
    """JSON whose escapes do not stick to words."""
    return json.dumps(found, ensure_ascii=False).replace("\\n", " ").replace("\\t", " ")
