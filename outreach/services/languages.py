"""In which language an author is written to (R080): from what they chose and wrote, never from who asked or moderates.

Own choice, then branch, then the language of the post (its tag only where it is no reply: a reply inherits its
parent's), then the community's, which its own people read. Where words and tag contradict each other, or nothing is
known of somebody from elsewhere, the whole letter goes in two languages. Does not render.
"""

from __future__ import annotations

from dataclasses import dataclass

from outreach.domain.posts import Post
from outreach.ports import Renderer
from outreach.services.settings import Settings


@dataclass(frozen=True, slots=True)
class Tongues:
    """Languages by preference; without `sure` the first two are both used, each for the whole letter."""

    chain: tuple[str, ...]
    sure: bool = True


def of_author(post: Post | None, chosen: str, settings: Settings, renderer: Renderer) -> Tongues:
    """For the author of a post, who may have `chosen` a language themselves."""
    if chosen or post is None:
        return Tongues(_once(chosen, *settings.languages))
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


def _once(*languages: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, languages)))
