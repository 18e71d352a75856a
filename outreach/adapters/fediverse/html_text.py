"""The HTML that servers store, as plain words and the links in them (pitfall 5). Total: any text gives an answer.

A link is its `href`, never its shown text; a mention is `name@server` without a leading @; the bot's own is dropped.
Decides nothing about what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from outreach.adapters.fediverse.mentions import restore

_BLOCKS = frozenset(
    ("p", "div", "blockquote", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "hr")
)
_SILENT = frozenset(("script", "style", "template", "title"))
_LONGEST = 50_000
_DECLARED = re.compile(
    r"<[!?][^>]*>?"
)  # comments and the like: servers send none, and the parser is slow on broken ones
_UNCLOSED = re.compile(r"<(?![^<>]*>)")  # it would look for the end of each again and again
_DROPPED = "\0"  # stands where the bot's mention stood; `fields.text` lets no NUL in


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote."""

    text: str
    links: tuple[str, ...] = ()


def plain(html: str) -> str:
    """Only the words."""
    return words(html).text


def words(html: str, names: Mapping[str, str] | None = None, me: str = "") -> Words:
    """`names` holds the address behind each mention's URL, `me` the address whose mention is dropped."""
    html = _UNCLOSED.sub("&lt;", _DECLARED.sub("", html[:_LONGEST].replace(_DROPPED, "")))
    reader = _Reader(names or {}, me)
    try:
        reader.feed(html)
        reader.close()
        reader.end_link()
    except (AssertionError, ValueError):  # the standard parser's answer to some broken declarations
        return Words(_tidy(unescape(re.sub(r"<[^>]*>?", " ", html))))
    return Words(_tidy(_without("".join(reader.out), me)), tuple(reader.links))


class _Reader(HTMLParser):
    def __init__(self, names: Mapping[str, str], me: str) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.links: list[str] = []
        self._names, self._me = names, me
        self._link: tuple[str, frozenset[str], int] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.end_link()
            self._link = found.get("href", ""), frozenset(found.get("class", "").split()), len(self.out)
        elif tag == "img":
            self.out.append(found.get("alt", ""))
        else:
            self._silent += tag in _SILENT
            self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data.replace(_DROPPED, "").replace("\r", ""))

    def _space(self, tag: str) -> None:
        if tag == "br":
            self.out.append("\n")
        elif tag in _BLOCKS:
            self.out.append("\n\n")

    def end_link(self) -> None:
        if self._link is None:
            return
        href, classes, start = self._link
        label = "".join(self.out[start:]).strip()
        self._link = None
        self.out[start:] = [self._shown(href, classes, label)]

    def _shown(self, href: str, classes: frozenset[str], label: str) -> str:
        if "hashtag" in classes or label.startswith("#"):
            return label
        if label.startswith("@") and ("mention" in classes or href in self._names):
            person = self._names.get(href) or _guess(label, href)
            return _DROPPED if self._me and person.casefold() == self._me else person
        if not href.casefold().startswith(("https://", "http://")):
            return label
        self.links.append(href)
        return href


def _guess(label: str, href: str) -> str:
    """A mention that the server did not list: its name, at the host it points to."""
    name, _, host = label.lstrip("@").partition("@")
    try:
        return f"{name}@{host or urlsplit(href).netloc}".rstrip("@")
    except ValueError:
        return name


def _without(text: str, me: str) -> str:
    """Drop the bot's mention wherever it stands, also where it was not made a link, and a colon or comma after it."""
    if me:
        name, _, host = me.partition("@")
        own = rf"(?<![\w/@.]) @{re.escape(name)} (?:@{re.escape(host)})? (?![\w@-])"
        text = re.sub(own, _DROPPED, text, flags=re.IGNORECASE | re.VERBOSE)
    return re.sub(r"\0[:,]?", "", text)


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", restore(text))
    text = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
