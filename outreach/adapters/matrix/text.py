"""Cuts long texts into parts that fit a Matrix event. Changes no word."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: An event may have 64 KiB. An edit carries its text twice, and JSON and base64 make it larger.
PART_BYTES = 12_000
_SEAMS = (r"\n{2,}", r"\n", r"(?<=[.!?…])\s+|(?<=[。！？])", r"\s+", "(?<=[、，；])")


def split(text: str, limit: int = PART_BYTES) -> tuple[str, ...]:
    """At paragraphs; where one is too long at lines, then sentences, words, and last between characters."""
    return tuple(_parts(text.strip(), limit, _SEAMS)) or ("",)


def _parts(text: str, limit: int, seams: tuple[str, ...]) -> Iterator[str]:
    if _size(text) <= limit:
        yield from [text] if text else []
        return
    if not seams:
        yield from _chopped(text, limit)
        return
    start = end = resume = 0
    for stop, after in _seams(text, seams[0]):
        if _size(text[start:stop]) > limit and end > start:
            yield from _parts(text[start:end].strip(), limit, seams[1:])
            start = resume
        end, resume = stop, after
    yield from _parts(text[start:].strip(), limit, seams[1:])


def _seams(text: str, seam: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(seam, text):
        yield found.start(), found.end()
    yield len(text), len(text)


def _chopped(text: str, limit: int) -> Iterator[str]:
    part, size = "", 0
    for character in text:
        if size + _size(character) > limit:
            yield part
            part, size = "", 0
        part += character
        size += _size(character)
    yield part


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
