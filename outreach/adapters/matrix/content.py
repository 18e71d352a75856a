"""The words, links and mentions of a message's content. Pure, and total: any content gives words.

Nothing of a formatted body is kept but addresses; what is quoted as reply fallback is not the sender's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.links import is_user, parse
from outreach.adapters.matrix.parcels import MARK
from outreach.domain.text import MOST_MENTIONS, few, heard, is_plain, visible

_LONGEST_KEY = 64
_LONGEST_NAME, _MOST_PILLS = 255, 5
_URL = re.compile(r"(?:https?://|\bmatrix:)[^\s<>\"]+", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~…»“”"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_FALLBACK = re.compile(r"\A> (?:\* )?<@[^\n]*(?:\n>[^\n]*)*\n?(?:\n|\Z)")
_UNCLOSED = re.compile(r"<(?![^<>]*>)")  # the parser would look for its end again and again
_VARIANTS = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")  # emoji presentation, skin tones
_EVENT = re.compile(r"\A\$[^\s\x00-\x1f]{1,254}\Z")
#: A homeserver takes events of 64 KiB; whatever is longer is not read to its end.
_LONGEST = 65_536
#: Marks of an automatic sender (MSC3955), and of another bot of this kind: neither is answered.
_AUTOMATED = ("m.automated", "org.matrix.msc1767.automated")
_OWN_KIND = "community.outreach"


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    to_bot: bool = False


def words(content: Json, bot: str) -> Words:
    """What somebody said to `bot`, without the part that only says to whom."""
    body = visible(fields.text(content, "body")[:_LONGEST])
    if reply_to(content):
        body = _FALLBACK.sub("", body, count=1)
    anchors = _anchors(fields.text(content, "formatted_body"))
    found = _unique([*_addresses(body), *(href for href, _ in anchors)])
    users = {link: target.user for link in found if (target := parse(link)) and target.user}
    named = [fields.clean(u) for u in fields.rows(content, "m.mentions", "user_ids") if isinstance(u, str)]
    mentions = [u for u in _unique([*named, *users.values()]) if u != bot and is_user(u)]
    pills = [label[:_LONGEST_NAME] for href, label in anchors if users.get(href) == bot][:_MOST_PILLS]
    said = _addressed(body, bot, pills)
    to_bot = bot in named or bool(pills) or said != body.strip()
    others = few(mentions, MOST_MENTIONS)
    return Words(heard(said), few(x for x in found if x not in users), others, to_bot)


def is_automatic(content: Json) -> bool:
    """Whether a program says that it wrote this; what answers such words answers itself in the end."""
    is_notice = fields.text(content, "msgtype") == "m.notice" or _OWN_KIND in content or MARK in content
    return is_notice or any(fields.flag(content, mark) for mark in _AUTOMATED)


def reply_to(content: Json) -> str:
    return event_id(content, "m.relates_to", "m.in_reply_to", "event_id")


def relation(content: Json, kind: str) -> str:
    """The event this content stands in that relation to, "" if none."""
    related = fields.table(content, "m.relates_to")
    return event_id(related, "event_id") if fields.text(related, "rel_type") == kind else ""


def event_id(source: object, *keys: str) -> str:
    """An event's id; anything else that stands there is none."""
    found = fields.text(source, *keys)
    return found if _EVENT.match(found) and is_plain(found) else ""


def plain_key(key: str) -> str:
    """A reaction, however the client spelled the emoji."""
    return _VARIANTS.sub("", heard(key)[:_LONGEST_KEY]).strip()


def _addressed(body: str, bot: str, pills: list[str]) -> str:
    """The bot's own name in front, as clients complete it: the full id, a pill's label, or `name:`."""
    whole = "|".join(re.escape(name) for name in [bot, *pills] if name)
    local = re.escape(bot.partition(":")[0].lstrip("@")) or "(?!)"
    own = re.compile(rf"\A\s*(?:(?:{whole or '(?!)'})(?:[:,]|(?![\w.:-]))|@?{local}[:,](?=\s|\Z))\s*", re.IGNORECASE)
    return own.sub("", body, count=1).strip()


def _addresses(body: str) -> Iterable[str]:
    for found in _URL.findall(body):
        if len(address := _trimmed(found)) > len("https://"):
            yield address


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around; a bracket stays where it was opened inside."""
    end = len(address)
    surplus = {close: address.count(close) - address.count(mark) for close, mark in _PAIRS.items()}
    while end and ((last := address[end - 1]) in _TRAILING or surplus.get(last, 0) > 0):
        if last in surplus:
            surplus[last] -= 1
        end -= 1
    return address[:end]


def _unique(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _anchors(html: str) -> list[tuple[str, str]]:
    reader = _Anchors()
    with suppress(AssertionError):  # html.parser on `<![x[` and the like; what stands before it is kept
        reader.feed(_UNCLOSED.sub("&lt;", html[:_LONGEST]))
    return [(href, "".join(label).strip()) for href, label in reader.found if _URL.match(href)]


@dataclass
class _Anchors(HTMLParser):
    """href and label of each link outside the reply fallback."""

    found: list[tuple[str, list[str]]] = field(default_factory=list)
    open: bool = False
    quoted: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quoted += tag == "mx-reply"
        href = dict(attrs).get("href") if tag == "a" else None
        if href and not self.quoted:
            self.found.append((visible(fields.clean(href.strip())), []))
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.quoted = max(0, self.quoted - (tag == "mx-reply"))
        self.open = self.open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.open and self.found:
            self.found[-1][1].append(data)
