"""What one message consists of: its letter in each language it goes out in, and English for what nobody has checked.

Chooses no language and cuts nothing.
"""

from __future__ import annotations

from outreach.domain.letters import SANCTIONS, Audience, Letter
from outreach.ports import Rendered, Renderer

_ENGLISH = ("en",)


def versions(
    renderer: Renderer, audience: Audience, letter: Letter, languages: tuple[str, ...], *, sure: bool = True
) -> tuple[Rendered, ...]:
    """The whole letter in the first language, in a second one where the first is not `sure`, then English originals."""
    said = _in_one_or_two(renderer, audience, letter, languages, sure=sure)
    if audience is not Audience.RECIPIENT or letter.name not in SANCTIONS or all(each.reviewed for each in said):
        return said
    return said + _originals(renderer, letter, said)


def _in_one_or_two(
    renderer: Renderer, audience: Audience, letter: Letter, languages: tuple[str, ...], *, sure: bool
) -> tuple[Rendered, ...]:
    first = renderer.render(audience, letter, languages)
    others = tuple(each for each in languages if renderer.supports(each) != first.language)
    if sure or not others:
        return (first,)
    second = renderer.render(audience, letter, others)
    return (first,) if second.language == first.language else (first, second)


def _originals(renderer: Renderer, letter: Letter, said: tuple[Rendered, ...]) -> tuple[Rendered, ...]:
    """A second letter, in the reader's language, with the English original of a sanction (requirements, 4.7)."""
    english = renderer.render(Audience.RECIPIENT, letter, _ENGLISH)
    unchecked = [each.language for each in said if not each.reviewed]
    if english.language in {each.language for each in said}:
        return ()
    quoted = Letter("original", {"letter": english.text})
    return (renderer.render(Audience.RECIPIENT, quoted, unchecked),)
