"""From a status entity to `Post`; total, None where there is nothing to hold on to. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.fields import moment, record, rows, text
from outreach.adapters.fediverse.html_text import words
from outreach.adapters.fediverse.translate import names
from outreach.domain.identity import Platform
from outreach.domain.posts import Media, Post, Visibility
from outreach.domain.text import LONGEST_LINK

#: `local` and `list` are Akkoma's, `mutuals_only` GoToSocial's; anything unknown is taken as narrow.
_VISIBILITY = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "local": Visibility.UNLISTED,
    "direct": Visibility.DIRECT,
    "list": Visibility.DIRECT,
}


#: Mastodon takes 1,500 characters.
_LONGEST_ALT = 1500


def post(status: Mapping[str, Any], host: str) -> Post | None:
    """One post as this answer shows it; the caller has already gone from a boost to its original."""
    author = accounts.account(record(status.get("account")), host)
    uri = text(status.get("uri")) or text(status.get("url"))
    written = moment(status.get("created_at"))
    if author is None or not 0 < len(uri) <= LONGEST_LINK or not text(status.get("id")):
        return None
    return Post(
        platform=Platform.FEDIVERSE,
        uri=uri,
        link=_link(text(status.get("url")), uri),
        native=text(status["id"]),
        author=author,
        day=written.date().isoformat() if written else "",
        visibility=_VISIBILITY.get(text(status.get("visibility")), Visibility.FOLLOWERS),
        text=words(text(status.get("content")), names(status, host)).text,
        warning=text(status.get("spoiler_text")),
        sensitive=status.get("sensitive") is True,
        media=tuple(_media(one) for one in rows(status.get("media_attachments"))),
        language=text(status.get("language")),
        parent=text(status.get("in_reply_to_id")),
        edited=_edited(status),
    )


def bare(link: str) -> str:
    """A link without query and fragment; empty where it is no web address (F7, leaks 7 and 8)."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    if parts.scheme.casefold() not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return ""
    return f"{parts.scheme.casefold()}://{parts.netloc.casefold()}{parts.path}"


def _link(url: str, uri: str) -> str:
    """The page on the author's server; one that points elsewhere is not trusted."""
    page, canonical = bare(url), bare(uri)
    same = bool(page) and bool(canonical) and urlsplit(page).netloc == urlsplit(canonical).netloc
    return page if same or not canonical else canonical


def _media(entity: Mapping[str, Any]) -> Media:
    said = text(entity.get("description")).strip()
    return Media(text(entity.get("id")), text(entity.get("type")), bool(said), said[:_LONGEST_ALT])


def _edited(status: Mapping[str, Any]) -> str:
    """ISO 8601 in UTC, so that two spellings of one time are equal."""
    when = moment(status.get("edited_at"))
    return when.isoformat() if when else ""
