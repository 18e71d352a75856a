"""Writing, editing and deleting posts under each server's rules (1.2).

Recipients are the handles in the text and nothing else; a reply alone mentions nobody, except on Akkoma.
Scheduled posts, polls and hashtags are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import addressing, counting, notices
from .errors import ApiError
from .flavours import Json
from .model import Account, Revision, Status
from .rendering import profile_url
from .visibility import can_see
from .world import World


@dataclass
class Draft:
    text: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    language: str | None = None
    in_reply_to_id: str | None = None
    sensitive: object = None  # as it came over the wire: Ruby takes the text "0" for true
    media: list[str] = field(default_factory=list)
    to: list[str] | None = None
    allowed: list[str] | None = None
    quote_id: str | None = None
    application: str | None = None
    known: bool = True


def publish(world: World, author: Account, draft: Draft) -> Status:
    shorten(world, draft)
    measure(world, draft)
    parent = _parent(world, author, draft)
    named = addressing.recipients(world, author, draft.text, draft.to, parent)
    addressing.guard(world, author, named, draft.allowed)
    status = _build(world, author, draft, parent, named)
    if _swallowed(world, author, draft, named):
        return status
    world.statuses[status.id] = status
    if status.known:
        announce(world, status)
    return status


def shorten(world: World, draft: Draft) -> None:
    """Mastodon: a post of a warning alone becomes a post whose text is that warning."""
    draft.text = draft.text.strip()
    if world.flavour.name == "mastodon" and not draft.text and draft.spoiler_text and not draft.media:
        draft.text, draft.spoiler_text = draft.spoiler_text, ""


def measure(world: World, draft: Draft) -> None:
    flavour = world.flavour
    if not draft.text and not draft.media:
        raise ApiError(flavour.too_long, "Validation failed: Text can't be blank")
    if counting.length(flavour, draft.text, draft.spoiler_text) > flavour.max_chars:
        raise ApiError(flavour.too_long, f"Validation failed: Text character limit of {flavour.max_chars} exceeded")


def _parent(world: World, author: Account, draft: Draft) -> Status | None:
    if not draft.in_reply_to_id:
        return None
    parent = world.statuses.get(draft.in_reply_to_id)
    if parent is None or not can_see(world, author, parent):
        words = "The post you are trying to reply to does not appear to exist."
        raise ApiError(world.flavour.bad_parent, words)
    return parent.reblog or parent


def revision(world: World, author: Account, draft: Draft) -> Revision:
    language = draft.language or (author.language if world.flavour.name == "mastodon" else None)
    marked = _sensitive(world, draft)
    media = tuple(draft.media)
    return Revision(draft.text, draft.spoiler_text, marked, language, media, world.clock.now())


def _sensitive(world: World, draft: Draft) -> bool:
    asked = draft.sensitive not in (None, False, "", "0", "f", "false", "off", 0)
    if world.flavour.name == "gotosocial":  # a warning without media leaves it false [GL]
        return bool(draft.media) and (asked or bool(draft.spoiler_text))
    if world.flavour.name == "akkoma":
        return asked or "#nsfw" in draft.text.casefold().split()
    if draft.sensitive in (None, False, ""):  # the text "0", which Mastodon.py sends, is truthy and ends as false
        return bool(draft.spoiler_text)
    return asked


def _build(world: World, author: Account, draft: Draft, parent: Status | None, named: list[Account]) -> Status:
    native = world.ids.new("status")
    now = revision(world, author, draft)
    uri, url = urls(world, author, native)
    quote = world.statuses.get(draft.quote_id or "")
    addressed = {account.id for account in named}
    return Status(
        native, author, draft.visibility, uri, url, now.created_at, [now], named, addressed, parent,
        quote=quote, application=draft.application, known=draft.known, fetched_at=now.created_at,
    )  # fmt: skip


def urls(world: World, author: Account, native: str) -> tuple[str, str]:
    """Post URLs come in many shapes (pitfall 6); a remote author's server is taken for a Mastodon."""
    if author.domain is None and world.flavour.name == "akkoma":
        return f"{world.url_base}/objects/{native}", f"{world.url_base}/notice/{native}"
    base = world.url_base if author.domain is None else f"https://{author.domain}"
    uri = f"{base}/users/{author.username}/statuses/{native}"
    if author.domain is None and world.flavour.name == "gotosocial":
        return uri, f"{profile_url(world, author)}/statuses/{native}"
    return uri, f"{base}/@{author.username}/{native}"


def _swallowed(world: World, author: Account, draft: Draft, named: list[Account]) -> bool:
    """Mastodon 4.4+ Antispam: 200 with a post that was never stored [M antispam.rb]."""
    banned = any(word.casefold() in draft.text.casefold() for word in world.banned)
    unknown = any(author.id not in account.following for account in named)
    return world.flavour.name == "mastodon" and banned and unknown


def announce(world: World, status: Status) -> None:
    for account in status.mentions:
        notices.notify(world, account, "mention", status.account, status)
    if status.quote and world.flavour.name == "mastodon":
        notices.notify(world, status.quote.account, "quote", status.account, status)


def delete(world: World, status: Status) -> None:
    status.deleted = True
    notices.forget_status(world, status)
    if world.flavour.name == "mastodon":  # replies: dependent nullify; the thread is cut there
        for answer in (s for s in world.statuses.values() if s.reply_to is status):
            answer.reply_to = None
    for account in [status.account, *status.mentions]:
        world.tell(account, "delete", status.id)


def boost(world: World, account: Account, status: Status) -> Status:
    native, now = world.ids.new("status"), world.clock.now()
    uri, url = urls(world, account, native)
    empty = Revision("", "", False, None, (), now)
    wrapper = Status(native, account, "public", uri, url, now, [empty], [], set(), reblog=status)
    world.statuses[native] = wrapper
    notices.notify(world, status.account, "reblog", account, status)
    return wrapper


def favourite(world: World, account: Account, status: Status) -> None:
    status.favourited.add(account.id)
    notices.notify(world, status.account, "favourite", account, status)


def attach(world: World, parts: Json) -> Json:
    native = world.ids.new("media")
    url = f"{world.url_base}/media/{native}"
    if "body" in parts:
        url, world.files[native] = f"{world.served_at}/media/{native}", parts["body"]
    shape: Json = {"id": native, "type": "image", "url": url, "preview_url": url, "remote_url": None,
                   "description": None, "blurhash": None, "meta": {}}  # fmt: skip
    world.media[native] = shape | {key: value for key, value in parts.items() if key in {"type", "description", "url"}}
    return world.media[native]
