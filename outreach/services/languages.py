"""In which language an author is written to (R080): from what they chose and wrote, never from who asked or moderates.

Own choice, then branch, then the language of the post (its tag only where it is no reply: a reply inherits its
parent's), then the community's, which its own people read. Where words and tag contradict each other, or nothing is
known of somebody from elsewhere, the whole letter goes in two languages. Does not render.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.identity import Account
from outreach.domain.posts import Post
from outreach.ports import Renderer
from outreach.ports.store import Transaction
from outreach.services.settings import Settings

#: The last word of a name that has several.
_TAG = re.compile(r"[-_ \[(|]([^-_ \[(|\])]+)[\])]?$")


@dataclass(frozen=True, slots=True)
class Tongues:
    """Languages by preference; without `sure` the first two are both used, each for the whole letter."""

    chain: tuple[str, ...]
    sure: bool = True


def of_author(post: Post | None, chosen: str, settings: Settings, renderer: Renderer) -> Tongues:
    """For the author of a post, who may have `chosen` a language themselves."""
    own = chosen or (branch[0] if post is not None and (branch := _branch(post.author, settings)) else "")
    if own or post is None:
        return Tongues(_once(own, *settings.languages))
    tag = renderer.supports(post.language) if post.language else None
    written = renderer.language_of(post.text)
    root = None if post.parent else tag
    if root and written and root != written:
        return Tongues(_once(written, root, *settings.languages), sure=False)
    if root or written:
        return Tongues(_once(root or written, *settings.languages))
    if settings.is_local(post.author):
        return Tongues(settings.languages)
    chain = _once(settings.languages[0], tag, *settings.languages)
    return Tongues(chain, sure=len(chain) < 2)


def post_by(tx: Transaction, case: Case, author: Account) -> Post | None:
    """What somebody wrote that a case is about: with its words where they were kept as evidence."""
    if case.post is not None:
        return case.post
    kept = (one.post for one in tx.exhibits.of(case.id))
    return next((post for post in (*kept, *case.reported_posts) if post.author.key == author.key), None)


def _branch(author: Account, settings: Settings) -> tuple[str, ...]:
    """The languages of the branch that somebody's name is tagged with, such as `Abc-FR` (R079)."""
    for name in (author.name, author.address.lstrip("@").partition("@")[0].partition(":")[0]):
        tagged = _TAG.search(name)
        if tagged and (branch := settings.branch(tagged[1])) is not None:
            return branch.languages
    return ()


def _once(*languages: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, languages)))
