"""Two languages nobody speaks, made from the sources: one far longer than English, one from right to left.

They are held by the tests alone. What still reads as English in the second one was never given to translators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import write_po

from outreach.adapters.rendering.catalogs import path_of
from outreach.adapters.rendering.upkeep import collected
from outreach.adapters.rendering.vocabulary import CONTEXT

#: Languages that outreach is not written in: of two plural forms, and of six.
LONG, RIGHT_TO_LEFT = "eo", "ar"

_GAP = re.compile(r"(%\(\w+\)[sd]|%%)")
_ACCENTS = str.maketrans("aeiouycnszAEIOUCNSZ", "àéîõüýçñšžÀÉÎÕÜÇÑŠŽ")
_ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz",
    "\u0627\u0628\u062c\u062f\u0647\u0641\u063a\u062d\u064a\u0698\u0643\u0644\u0645"
    "\u0646\u0648\u067e\u0642\u0631\u0633\u062a\u0639\u0634\u0636\u0635\u0637\u0632",
)


def lengthened(text: str) -> str:
    """Accented, and two fifths longer: `[Ýõü ~~]`."""
    return "[" + _apart(text, lambda words: words.translate(_ACCENTS)) + " " + "~" * (len(text) * 2 // 5) + "]"


def mirrored(text: str) -> str:
    """Every Latin letter an Arabic one."""
    return _apart(text, lambda words: words.casefold().translate(_ARABIC))


def _apart(text: str, change: Callable[[str], str]) -> str:
    """Change all but the gaps."""
    return "".join(part if _GAP.fullmatch(part) else change(part) for part in _GAP.split(text))


def make(templates: Path, locales: Path) -> None:
    """Write both catalogs."""
    for language, change in ((LONG, lengthened), (RIGHT_TO_LEFT, mirrored)):
        messages = Messages(locale=language)
        for message in collected(templates):
            if message.id:
                messages.add(
                    message.id,
                    _said(message.id, message.context, change, messages.num_plurals),
                    context=message.context,
                )
        path = path_of(locales, language)
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, messages)


def _said(
    message: str | Sequence[str], context: str | None, change: Callable[[str], str], forms: int
) -> str | tuple[str, ...]:
    if context == CONTEXT:
        return mirrored(str(message)) if change is mirrored else str(message).translate(_ACCENTS)
    if isinstance(message, str):
        return change(message)
    return tuple(change(message[1]) for _ in range(forms))
