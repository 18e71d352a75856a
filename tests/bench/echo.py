"""The floor: a bare matrix-nio bot that joins what it is invited to and says back what it hears. Keeps nothing."""

from __future__ import annotations

import asyncio
import sys

from nio import AsyncClient, InviteMemberEvent, MatrixRoom, RoomMessageText


async def main(homeserver: str, user: str, device: str, token: str) -> None:
    """Echo until killed."""
    client = AsyncClient(homeserver, user)
    client.restore_login(user, device, token)

    async def join(room: MatrixRoom, event: InviteMemberEvent) -> None:
        if event.state_key == user and event.membership == "invite":
            await client.join(room.room_id)

    async def echo(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != user:
            await client.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": event.body})

    client.add_event_callback(join, InviteMemberEvent)
    await client.sync(timeout=0)
    client.add_event_callback(echo, RoomMessageText)
    print("ready", flush=True)
    await client.sync_forever(timeout=30000)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
