"""Raw events become `Incoming`: pure functions, total. Any JSON at all gives one or None, and never raises.

Decides nothing about what was said. What the bot itself did is not incoming, except that it was put out of a room.
Should an event raise all the same, it becomes a line without words: one poisoned event must not stop all that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import structlog

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.content import event_id, is_automatic, plain_key, relation, reply_to, words
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.media import attached, caption
from outreach.domain.identity import Account, Platform
from outreach.ports import Happening, Incoming

log = structlog.get_logger()

_WORDS = ("m.text", "m.notice")


def account(user: str) -> Account:
    return Account(Platform.MATRIX, user)


def incoming(event: object, room: str, bot: str, *, sealed: bool = False) -> Incoming | None:
    """One event of a room's timeline; `sealed` is whether that room is encrypted."""
    try:
        return _incoming(event, room, bot, sealed)
    except Exception as error:
        log.error("event not understood", exc_info=error)
        return _without_words(event, room, bot)


def _incoming(event: object, room: str, bot: str, sealed: bool) -> Incoming | None:
    source, sender, kind = (fields.text(event, key) for key in ("event_id", "sender", "type"))
    if not source or not sender:
        return None
    event = fields.table(event)
    if kind == "m.room.member" and "state_key" in event:
        return _membership(event, room, bot)
    if kind == "m.room.tombstone" and fields.value(event, "state_key") == "":
        return _happened(event, room, Happening.REPLACED)
    if sender == bot or "state_key" in event:
        return None
    match kind:
        case "m.room.message":
            return _message(event, room, bot, sealed)
        case "m.room.encrypted":
            return _sealed(event, room)
        case "m.reaction":
            return _reaction(event, room)
        case "m.room.redaction":
            return _redaction(event, room)
    return None


def _without_words(event: object, room: str, bot: str) -> Incoming | None:
    source, sender = fields.text(event, "event_id"), fields.text(event, "sender")
    if not source or sender in ("", bot):
        return None
    return Incoming(source, Happening.LINE, Platform.MATRIX, account(sender), room=room, addressed=False)


def invitation(stripped: object, room: str, bot: str, since: str) -> Incoming | None:
    """The bot's invitation among a room's stripped state.

    That has no event id: room, inviter and the cursor it came after name it, alike however often it is read.
    """
    state = [e for e in fields.rows(stripped) if "state_key" in fields.table(e)]
    for event in state:
        if not _invites(event, bot) or not (inviter := fields.text(event, "sender")):
            continue
        name = hashlib.sha256("\n".join((room, inviter, since)).encode()).hexdigest()
        return Incoming(
            source=f"invite:{name}",
            happening=Happening.INVITED,
            platform=Platform.MATRIX,
            sender=account(inviter),
            room=room,
            direct=fields.flag(event, "content", "is_direct") and not _is_open(state),
            encrypted=any(fields.text(e, "type") == "m.room.encryption" for e in state),
            at=fields.when(event, "origin_server_ts"),
        )
    return None


def new_identity(who: Account, key: str) -> Incoming:
    """Somebody signs their devices with other keys than before; each such change has a name of its own."""
    name = hashlib.sha256("\n".join((who.address, key)).encode()).hexdigest()
    return Incoming(f"identity:{name}", Happening.NEW_IDENTITY, Platform.MATRIX, who)


def _is_open(state: Iterable[object]) -> bool:
    """Whether anybody may walk in: that is no private chat, whatever the inviter calls it."""
    rules = [fields.text(e, "content", "join_rule") for e in state if fields.text(e, "type") == "m.room.join_rules"]
    return "public" in rules


def _invites(event: object, bot: str) -> bool:
    is_own = fields.text(event, "type") == "m.room.member" and fields.text(event, "state_key") == bot
    return is_own and fields.text(event, "content", "membership") == "invite"


def _happened(
    event: Json,
    room: str,
    happening: Happening,
    *,
    sender: str = "",
    text: str = "",
    parent: str = "",
) -> Incoming:
    return Incoming(
        source=fields.text(event, "event_id"),
        happening=happening,
        platform=Platform.MATRIX,
        sender=account(sender or fields.text(event, "sender")),
        room=room,
        text=text,
        parent=parent,
        at=fields.when(event, "origin_server_ts"),
    )


def _membership(event: Json, room: str, bot: str) -> Incoming | None:
    """A change of name or picture is a join after a join and means nothing."""
    who = fields.text(event, "state_key")
    now, before = fields.text(event, "content", "membership"), membership_before(event)
    if not who or now == before:
        return None
    if now == "join" and who != bot:
        return _happened(event, room, Happening.JOINED, sender=who)
    if now in ("leave", "ban"):
        return _happened(event, room, Happening.LEFT, sender=who)
    return None


def membership_before(event: object) -> str:
    return fields.text(event, "unsigned", "prev_content", "membership")


def _message(event: Json, room: str, bot: str, sealed: bool) -> Incoming | None:
    content = fields.table(event, "content")
    if not content:
        return None  # redacted; the redaction comes as an event of its own
    replaced = relation(content, "m.replace")
    new = fields.table(content, "m.new_content") if replaced else content
    said = words(new, bot) if fields.text(new, "msgtype") in _WORDS or caption(new) else words({}, bot)
    return Incoming(
        source=fields.text(event, "event_id"),
        happening=Happening.EDIT if replaced else Happening.LINE,
        platform=Platform.MATRIX,
        sender=account(fields.text(event, "sender")),
        room=room,
        text=said.text,
        links=said.links,
        pictures=() if replaced else attached(content),
        mentions=said.mentions,
        addressed=said.to_bot,
        encrypted=sealed,
        notice=is_automatic(content) or is_automatic(new),
        parent=replaced or reply_to(content),
        thread=relation(content, "m.thread"),
        at=fields.when(event, "origin_server_ts"),
    )


def _sealed(event: Json, room: str) -> Incoming | None:
    """Not readable yet: relations stand outside the ciphertext, words do not."""
    content = fields.table(event, "content")
    if not content:
        return None
    replaced = relation(content, "m.replace")
    return Incoming(
        source=fields.text(event, "event_id"),
        happening=Happening.EDIT if replaced else Happening.LINE,
        platform=Platform.MATRIX,
        sender=account(fields.text(event, "sender")),
        room=room,
        addressed=False,
        encrypted=True,
        parent=replaced or reply_to(content),
        thread=relation(content, "m.thread"),
        at=fields.when(event, "origin_server_ts"),
    )


def _reaction(event: Json, room: str) -> Incoming | None:
    parent = relation(fields.table(event, "content"), "m.annotation")
    key = plain_key(fields.text(event, "content", "m.relates_to", "key"))
    return _happened(event, room, Happening.REACTION, text=key, parent=parent) if parent and key else None


def _redaction(event: Json, room: str) -> Incoming | None:
    """Room versions before 11 name the event beside the content, later ones inside."""
    parent = event_id(event, "content", "redacts") or event_id(event, "redacts")
    return _happened(event, room, Happening.REMOVED, parent=parent) if parent else None
