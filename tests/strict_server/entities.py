"""The JSON forms of accounts, posts and notifications, as one viewer gets them.

Fields no test could need (avatars, emoji, cards) are present and empty; nothing here decides visibility.
"""

from __future__ import annotations

from html import escape

from .clock import stamp
from .flavours import Json
from .model import Account, Notice, Revision, Status
from .rendering import content, profile_url
from .visibility import can_see
from .world import World

ALL_RIGHTS, MODERATE = str((1 << 21) - 1), str(4 | 16 | 1024)


def account(world: World, one: Account) -> Json:
    posts = [s for s in world.statuses.values() if s.account is one and not s.deleted]
    counted = [s for s in posts if _counts(world, s)]
    out: Json = {
        "id": one.id, "username": one.username, "acct": one.acct, "display_name": one.display_name,
        "locked": one.locked, "bot": one.bot, "group": False, "discoverable": True, "note": one.note,
        "created_at": stamp(one.created_at.replace(hour=0, minute=0, second=0, microsecond=0)),
        "url": profile_url(world, one), "uri": actor_uri(world, one), "avatar": "", "avatar_static": "",
        "header": "", "header_static": "", "emojis": [], "fields": one.fields,
        "followers_count": sum(one.id in a.following for a in world.accounts.values()),
        "following_count": len(one.following), "statuses_count": len(counted),
        "last_status_at": stamp(max(s.created_at for s in counted))[:10] if counted else None,
    }  # fmt: skip
    if world.flavour.name != "akkoma":  # Akkoma has no `moved` field
        out["moved"] = account(world, one.moved_to) if one.moved_to else None
        out["roles"] = [{"id": "1", "name": one.role, "color": ""}] if one.role != "user" and one.highlighted else []
    if world.flavour.name == "akkoma":
        out["pleroma"] = {"is_admin": False, "is_moderator": False, "relationship": {}}
    if one.suspended and world.flavour.name == "mastodon":
        out["suspended"] = True
    return out


def _counts(world: World, status: Status) -> bool:
    """F10: GoToSocial counts private posts in the public `statuses_count`; the others leave DMs out."""
    hidden = {"mastodon": {"direct"}, "akkoma": {"direct", "private"}, "gotosocial": set[str]()}
    return status.visibility not in hidden[world.flavour.name]


def actor_uri(world: World, one: Account) -> str:
    return f"https://{one.domain}/users/{one.username}" if one.domain else f"{world.url_base}/users/{one.username}"


def own_account(world: World, one: Account) -> Json:
    """verify_credentials: only here is the role complete (1.5)."""
    out = account(world, one)
    out["source"] = {"privacy": "public", "sensitive": False, "language": one.language, "note": one.note,
                     "fields": one.fields, "follow_requests_count": 0}  # fmt: skip
    if world.flavour.name == "akkoma":
        out["pleroma"] |= {"is_admin": one.role == "admin", "is_moderator": one.role == "moderator"}
        return out
    rights = {"user": "0", "moderator": MODERATE, "admin": ALL_RIGHTS}
    if world.flavour.name == "gotosocial":
        rights = {"user": "0", "moderator": "0", "admin": "546033"}
    out["role"] = {"id": str(one.position), "name": one.role, "color": "", "permissions": rights[one.role],
                   "highlighted": one.highlighted}  # fmt: skip
    return out


def mention(world: World, one: Account) -> Json:
    return {"id": one.id, "username": one.username, "url": profile_url(world, one), "acct": one.acct}


def status(world: World, one: Status, viewer: Account | None) -> Json:
    now = one.now
    own = viewer is one.account
    posts = [s for s in world.statuses.values() if not s.deleted]
    milliseconds = world.flavour.name != "gotosocial"
    out: Json = {
        "id": one.id, "created_at": stamp(one.created_at, milliseconds), "uri": one.uri, "url": one.url,
        "edited_at": stamp(one.edited_at) if one.edited_at else None, "visibility": one.visibility,
        "in_reply_to_id": one.reply_to.id if one.reply_to else None,
        "in_reply_to_account_id": one.reply_to.account.id if one.reply_to else None,
        "sensitive": _sensitive(world, one, own), "spoiler_text": now.spoiler_text, "language": now.language,
        "replies_count": sum(s.reply_to is one for s in posts), "favourites_count": len(one.favourited),
        "reblogs_count": sum(s.reblog is one for s in posts), "content": content(world, now.text),
        "reblog": status(world, one.reblog, viewer) if one.reblog else None,
        "account": account(world, one.account), "media_attachments": [world.media[m] for m in now.media],
        "mentions": [mention(world, a) for a in one.mentions], "tags": [], "emojis": [], "card": None,
        "poll": None, "filtered": [], "application": _application(world, one, own),
    }  # fmt: skip
    if viewer:
        boosted = any(s.reblog is one and s.account is viewer for s in posts)
        out |= {"favourited": viewer.id in one.favourited, "reblogged": boosted, "muted": False,
                "bookmarked": False, "pinned": False}  # fmt: skip
    return out | _extras(world, one, viewer)


def _sensitive(world: World, one: Status, own: bool) -> bool:
    """Mastodon: a force-sensitized account's posts are marked in everyone else's view (1.3)."""
    forced = world.flavour.name == "mastodon" and one.account.force_sensitive and not own
    return one.now.sensitive or forced


def _application(world: World, one: Status, own: bool) -> Json | None:
    """Akkoma shows none; elsewhere the author sees it and others do on public posts."""
    shown = own or one.visibility in {"public", "unlisted"}
    if world.flavour.name == "akkoma" or not shown or not one.application:
        return None
    return {"name": one.application, "website": None}


def _extras(world: World, one: Status, viewer: Account | None) -> Json:
    if world.flavour.name == "mastodon":
        return {"quote": _quote(world, one, viewer)}
    if world.flavour.name == "akkoma":
        root = world.thread_up(one)[-1]
        local = one.account.domain is None
        return {"pleroma": {"content": {"text/plain": one.now.text}, "local": local, "conversation_id": root.id}}
    return {"text": one.now.text} if viewer is one.account else {}


def _quote(world: World, one: Status, viewer: Account | None) -> Json | None:
    """Mastodon 4.5 quotes."""
    if one.quote is None:
        return None
    if one.quote.deleted:
        return {"state": "deleted", "quoted_status": None}
    if not can_see(world, viewer, one.quote):
        return {"state": "unauthorized", "quoted_status": None}
    shown = status(world, one.quote, viewer) if one.quote.quote is None else {"id": one.quote.id}
    return {"state": "accepted", "quoted_status": shown}


def revision(world: World, one: Status, part: Revision) -> Json:
    return {
        "content": content(world, part.text), "spoiler_text": part.spoiler_text, "sensitive": part.sensitive,
        "created_at": stamp(part.created_at), "account": account(world, one.account), "poll": None,
        "media_attachments": [world.media[m] for m in part.media], "emojis": [],
    }  # fmt: skip


def source(world: World, one: Status) -> Json:
    """Remote text is HTML (1.2)."""
    text = one.now.text if one.account.domain is None else content(world, one.now.text)
    return {"id": one.id, "text": text, "spoiler_text": one.now.spoiler_text}


def notice(world: World, one: Notice, viewer: Account) -> Json:
    out: Json = {
        "id": one.id, "type": one.type, "created_at": stamp(one.created_at),
        "account": account(world, one.sender),
        "status": status(world, one.status, viewer) if one.status else None,
    }  # fmt: skip
    if world.flavour.name == "mastodon":
        out["group_key"] = f"ungrouped-{one.id}"
        if one.filtered:
            out["filtered"] = True
    return out


def relationship(world: World, viewer: Account, other: Account) -> Json:
    """Akkoma never says that one is blocked (1.3)."""
    known = world.flavour.blocked_by_known
    return {
        "id": other.id, "following": other.id in viewer.following, "followed_by": viewer.id in other.following,
        "blocking": other.id in viewer.blocking, "blocked_by": known and viewer.id in other.blocking,
        "showing_reblogs": True, "notifying": False, "muting": False, "muting_notifications": False,
        "requested": False, "requested_by": False, "domain_blocking": False, "endorsed": False, "note": "",
    }  # fmt: skip


def note_html(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
