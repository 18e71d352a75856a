"""Every parser that words from outside reach, as one kind of thing: text in, the strings it makes of them out.

`WIRE` face whatever a server hands on, up to any size; `INNER` only what has passed `domain.text.heard`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from outreach.adapters.fediverse import accounts, html_text, length, mentions, posts
from outreach.adapters.fediverse import links as web_links
from outreach.adapters.fediverse import translate as fediverse
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.matrix import links as matrix_links
from outreach.adapters.matrix import translate as matrix
from outreach.adapters.matrix.text import split
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.plain import canonical, one_line, plain, quote
from outreach.adapters.rendering.vocabulary import folded
from outreach.config import places
from outreach.domain.identity import Account, Platform
from outreach.domain.likeness import alike, strange_letters
from outreach.domain.text import heard, visible
from outreach.entrypoints import staff_room
from outreach.ports import Happening, Incoming
from outreach.services.desk.commands import Command, Unknown
from outreach.services.desk.naming import names_somebody
from outreach.services.dialogue.reading import Reading, read
from tests.rendering.conftest import PROFILE

BOT, ADA, ROOM = "@outreach:x.example", "@ada:x.example", "!r:x.example"
ME = Account(Platform.FEDIVERSE, "outreach@x.example", "1", "https://x.example/@outreach")
LANGUAGES = ("en", "de", "fr")
Parser = Callable[[str], Iterable[str]]


@cache
def letters() -> Letters:
    return Letters(places.templates(), places.locales(), LANGUAGES, {"bot": "outreach:x.example"}, "UTC", PROFILE)


def event(body: str, **content: object) -> dict[str, object]:
    said = {"msgtype": "m.text", "body": body, **content}
    return {"event_id": "$e", "sender": ADA, "type": "m.room.message", "content": said, "origin_server_ts": 1}


def status(content: str) -> dict[str, object]:
    account = {"id": "7", "acct": "ada", "created_at": "2025-01-01T00:00:00Z"}
    return {"id": "2", "account": account, "content": content, "visibility": "direct", "uri": "https://x.example/2"}


def strings(item: Incoming | None) -> tuple[str, ...]:
    """All words of an incoming thing."""
    return () if item is None else (item.text, *item.links, *item.mentions, item.parent, item.thread)


def line(text: str) -> Incoming:
    return Incoming("s", Happening.LINE, Platform.FEDIVERSE, Account(Platform.FEDIVERSE, "ada@x.example"), text=text)


def reading(text: str) -> Reading:
    return read(line(text), letters(), LANGUAGES)


def _reading(text: str) -> tuple[str, ...]:
    said = reading(text)
    return said.text, said.words, said.command, said.rest, *said.links, said.handle, said.label, said.unknown, said.hint


def _command(text: str) -> tuple[str, ...]:
    said = staff_room.read(text, "!") or staff_room.read("!" + text, "!")
    if isinstance(said, Command):
        return said.alias, said.rest, said.text
    return (said.word, said.nearest) if isinstance(said, Unknown) else ()


def _understood(text: str) -> tuple[str, ...]:
    known = letters()
    found = (known.command(text, LANGUAGES), known.label(text, LANGUAGES), known.ask(text, LANGUAGES))
    said = (*found, known.language_of(text), known.supports(text))
    return *filter(None, said), *known.nearest_labels(text, LANGUAGES), *known.alarms(text, LANGUAGES)


def _post(text: str) -> tuple[str, ...]:
    found = posts.post(status(text) | {"uri": "https://x.example/" + text, "spoiler_text": text}, "x.example")
    return () if found is None else (found.text, found.link)


def _marked_up(text: str) -> tuple[str, ...]:
    return strings(matrix.incoming(event("x", formatted_body=text), ROOM, BOT))


def _answering(text: str) -> tuple[str, ...]:
    relation = {"m.in_reply_to": {"event_id": text}, "rel_type": "m.thread", "event_id": text}
    return strings(matrix.incoming(event(text, **{"m.relates_to": relation}), ROOM, BOT))


def _reaction(text: str) -> tuple[str, ...]:
    relation = {"rel_type": "m.annotation", "event_id": "$m", "key": text}
    raw = {"event_id": "$e", "sender": ADA, "type": "m.reaction", "content": {"m.relates_to": relation}}
    return strings(matrix.incoming(raw, ROOM, BOT))


def _notification(text: str) -> tuple[str, ...]:
    return strings(fediverse.incoming({"id": "1", "type": "mention", "status": status(text)}, ME, "x.example"))


def _emoji(text: str) -> tuple[str, ...]:
    raw = {"id": "1", "type": "pleroma:emoji_reaction", "status": status("") | {"account": {"id": "1"}}, "emoji": text}
    return strings(fediverse.incoming(raw | {"account": {"id": "7", "acct": "ada"}}, ME, "x.example"))


def _handle(text: str) -> tuple[str, ...]:
    found = accounts.account({"id": "7", "acct": text}, "x.example")
    return () if found is None else (found.address,)


def _target(text: str) -> tuple[str, ...]:
    found = [matrix_links.parse(start + text) for start in ("", "matrix:", "https://matrix.to/#/")]
    return tuple(part for target in found if target for part in (target.user, target.room, target.event))


def _own(text: str) -> tuple[str, ...]:
    web_links.is_post_link(text), web_links.one_form(text)
    found = web_links.own("https://x.example/" + text, frozenset({"x.example"}))
    return () if found is None else (found.native,)


WIRE: dict[str, Parser] = {
    "a line": lambda text: (heard(text),),
    "a matrix message": lambda text: strings(matrix.incoming(event(text), ROOM, BOT)),
    "a matrix reply": _answering,
    "matrix markup": _marked_up,
    "a matrix reaction": _reaction,
    "a fediverse message": _notification,
    "a fediverse reaction": _emoji,
    "a fediverse handle": _handle,
    "a biography": lambda text: (str(accounts.declines_bots({"note": text, "fields": [{"name": text}]})),),
    "matrix links": _target,
    "a staff command": _command,
    "a value in a letter": lambda text: (plain(text), one_line(text)),
    "a link in a letter": lambda text: (canonical(text),),
    "what words mean": _understood,
    "who is named": lambda text: (str(names_somebody(text)),),
}
INNER: dict[str, Parser] = {
    "a member's line": _reading,
    "quoted words": lambda text: (quote(plain(text)),),
    "folded words": lambda text: (folded(text, "outreach@x.example"),),
    "neutral words": lambda text: (mentions.neutral(text), *mentions.named(text), mentions.restore(text)),
    "parts of a post": lambda text: length.split(text, "@ada@x.example", 0, Capabilities()),
    "parts of an event": lambda text: split(text),
    "web links": _own,
    "a post": _post,
    "html": lambda text: (html_text.plain(text),),
    "look-alikes": lambda text: (str(alike(text, BOT)), *strange_letters(text)),
    "visible words": lambda text: (visible(text),),
}
#: What comes out of these stands in letters or in the store: nothing hides in it.
CLEAN = frozenset(
    {"a line", "a matrix message", "a matrix reply", "matrix markup", "a matrix reaction", "a fediverse message"}
    | {"a fediverse reaction", "a fediverse handle", "a value in a letter", "visible words"}
)

_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_PLAIN_MARK = "\u2060"


def hidden(text: str, *, letter: bool = False) -> list[str]:
    """Characters that hide, turn around or control; in a letter the sign after @ and # is the bot's own."""
    return [char for char in text if _hides(char) and not (letter and char == _PLAIN_MARK)]


def _hides(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\n\t" and char not in _JOINERS
