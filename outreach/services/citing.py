"""Whom and what some words are about, as far as their spelling says. Looks nothing up and judges nobody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post, Visibility

_MATRIX_ID = re.compile(r"(?<![\w:/@.-])@?[\w.=+-]+:(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d+)?(?![\w:])", re.IGNORECASE)
_FEDIVERSE_ID = re.compile(r"(?<![\w@/.])@?([\w.-]+@(?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)


def handles_in(words: str) -> list[str]:
    """Handles in full; a plain name, or a time of day, names nobody."""
    found = [one.lower() for one in _FEDIVERSE_ID.findall(words)]
    matrix = (one.lstrip("@") for one in _MATRIX_ID.findall(words))
    return found + [f"@{one}" for one in matrix if re.search(r"[a-z]", one.partition(":")[0], re.IGNORECASE)]


def account_of(handle: str) -> Account:
    """The account that a handle in full is the name of."""
    return Account(Platform.MATRIX if handle.startswith("@") else Platform.FEDIVERSE, handle)


def post_at(link: str, seen: Post | None) -> Post:
    """The post, or as much of it as its address says."""
    if seen is not None:
        return seen
    matrix = link.startswith("matrix:") or urlsplit(link).netloc.casefold() == "matrix.to"
    platform = Platform.MATRIX if matrix else Platform.FEDIVERSE
    author = Account(platform, "" if matrix else _author_by(link))
    return Post(platform, link, link, "", author, "", Visibility.PUBLIC)


def _author_by(link: str) -> str:
    """`/@name/ID` and `/users/name/…` name their author, at the host of the link or the one they name themselves."""
    parts = urlsplit(link)
    found = re.match(r"/(?:web/|deck/)?(?:@|users/)([\w.-]+(?:@[\w.-]+)?)(?:/|\Z)", parts.path)
    if not found:
        return ""
    return (found[1] if "@" in found[1] else f"{found[1]}@{parts.netloc}").casefold()
