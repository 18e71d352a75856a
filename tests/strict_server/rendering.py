"""Text to the HTML each server stores: paragraphs, links, mention cards (pitfall 5, engineering.md).

Links win over mentions as text, never as addressing; hashtags and custom emoji are not linked.
"""

from __future__ import annotations

from html import escape

from . import mentions
from .model import Account
from .world import World

REL = 'rel="nofollow noreferrer noopener" target="_blank"'


def content(world: World, text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    body = "".join(part if html else escape(part, quote=True) for part, html in _parts(world, text))
    if world.flavour.name == "mastodon":
        paragraphs = [p.replace("\n", "<br />") for p in body.split("\n\n") if p]
        return "".join(f"<p>{p.strip()}</p>" for p in paragraphs)
    if world.flavour.name == "gotosocial":
        return f"<p>{body}</p>".replace("\n", "<br>") if body else ""
    return body.replace("\n", "<br/>")


def _parts(world: World, text: str) -> list[tuple[str, bool]]:
    out: list[tuple[str, bool]] = []
    at = 0
    for start, end, html in sorted(_spans(world, text)):
        if start >= at:
            out += [(text[at:start], False), (html, True)]
            at = end
    return [*out, (text[at:], False)]


def _spans(world: World, text: str) -> list[tuple[int, int, str]]:
    spans = [(m.start(), m.end(), _link(world, m[0])) for m in mentions.URL.finditer(text)]
    if world.flavour.name == "gotosocial":
        spans += [(m.start(), m.end(), _mail(m[0])) for m in mentions.MAIL.finditer(text)]
    for found in mentions.find(world.flavour, text):
        account = world.find(found.handle)
        if account:
            spans.append((found.start, found.end, _card(world, account)))
    return spans


def _mail(address: str) -> str:
    """GoToSocial turns the member's `bob@x.example` into a mail link [tried]."""
    return f'<a href="mailto:{escape(address)}" {REL}>{escape(address)}</a>'


def _link(world: World, url: str) -> str:
    href = escape(url, quote=True)
    if world.flavour.name == "gotosocial":
        return f'<a href="{href}" {REL}>{href}</a>'
    if world.flavour.name == "akkoma":
        return f'<a href="{href}" rel="ugc">{href}</a>'
    scheme, rest = url.split("://", 1)
    shown, hidden = escape(rest[:30]), escape(rest[30:])
    css = "ellipsis" if hidden else ""
    return (
        f'<a href="{href}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}://</span><span class="{css}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )


def _card(world: World, account: Account) -> str:
    url, name = profile_url(world, account), escape(account.username)
    if world.flavour.name == "gotosocial":
        return f'<span class="h-card"><a href="{url}" class="u-url mention" {REL}>@<span>{name}</span></a></span>'
    if world.flavour.name == "akkoma":
        anchor = f'<a class="u-url mention" data-user="{account.id}" href="{url}" rel="ugc">'
        return f'<span class="h-card">{anchor}@<span>{name}</span></a></span>'
    anchor = f'<a href="{url}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{anchor}</span>'


def profile_url(world: World, account: Account) -> str:
    if account.domain:
        return f"https://{account.domain}/@{account.username}"
    prefix = "/users/" if world.flavour.name == "akkoma" else "/@"
    return f"{world.url_base}{prefix}{account.username}"
