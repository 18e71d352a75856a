"""One language's words, read from its `.po` file. Knows which messages it has; never fills one from elsewhere.

Does not know letters or templates, and writes nothing: `upkeep.py` keeps the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations, c2py
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from outreach.domain.profile import Profile

SOURCE = "en"
#: English letters write days as most of the world does.
_SOURCE_LOCALE = "en_GB"
DOMAIN = "outreach"

#: A gap in a message, and its name.
GAP = re.compile(r"%\((\w+)\)[sd]")
_REVIEW = re.compile(r"unreviewed|reviewed: .+, \d{4}-\d\d-\d\d")
#: Context and msgid of a message.
Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Catalog:
    """A language, its words, and which messages are usable: translated in every form and not fuzzy.

    `profile` is the policy whose labels and reasons can be said; `own` are the words its community brings itself.
    `reviewed` holds those whose comment says who has compared them with the English, and when (requirements, 4.7).
    """

    language: str
    locale: Locale
    words: NullTranslations
    usable: frozenset[Key] | None
    profile: Profile | None = None
    own: Mapping[Key, str] = field(default_factory=dict)
    reviewed: frozenset[Key] = frozenset()

    def has(self, keys: Iterable[Key]) -> bool:
        """Whether all of these can be said in this language."""
        return self.usable is None or self.usable.issuperset(key for key in keys if key not in self.own)

    def is_reviewed(self, keys: Iterable[Key]) -> bool:
        """Whether all of these have been reviewed; English is the original."""
        return self.usable is None or self.reviewed.issuperset(key for key in keys if key not in self.own)

    def say(self, context: str | None, message: str) -> str:
        """One message; the msgid itself where it is missing."""
        if (context, message) in self.own:
            return self.own[context, message]
        return self.words.pgettext(context, message) if context else self.words.gettext(message)


def source() -> Catalog:
    """English: the msgids themselves, always complete."""
    return Catalog(SOURCE, Locale.parse(_SOURCE_LOCALE), NullTranslations(), None)


def path_of(locales: Path, language: str, domain: str = DOMAIN) -> Path:
    """Where the catalog of a language lies."""
    return locales / language / "LC_MESSAGES" / f"{domain}.po"


def read(locales: Path, language: str) -> Catalog:
    """Load one language; a language without a file has nothing to say but falls back in whole letters."""
    if language == SOURCE:
        return source()
    locale = Locale.parse(language)
    path = path_of(locales, language)
    if not path.is_file():
        return Catalog(language, locale, NullTranslations(), frozenset())
    messages = read_file(path, language)
    reviewed = frozenset(_reviewed(messages))
    return Catalog(language, locale, _compiled(messages), frozenset(_usable(messages)), reviewed=reviewed)


def read_file(path: Path, language: str) -> Messages:
    """A `.po` file as it is, comments and all."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _compiled(messages: Messages) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _usable(messages: Messages) -> Iterable[Key]:
    plurals = messages.num_plurals
    for message in messages:
        if message.id and not message.fuzzy and all(_sayable(message, form) for form in forms(message, plurals)):
            yield key_of(message)


def _reviewed(messages: Messages) -> Iterable[Key]:
    return (key_of(message) for message in messages if message.id and review_of(message).startswith("reviewed: "))


def review_of(message: Message) -> str:
    """`unreviewed`, or `reviewed: NAME, DATE`; empty where the entry says nothing of the kind."""
    state = message.user_comments[0].strip() if message.user_comments else ""
    return state if _REVIEW.fullmatch(state) else ""


def _sayable(message: Message, form: str) -> bool:
    """Whether a translated form is there and its gaps can be filled: one that cannot would stop a letter for good."""
    english = message.id if isinstance(message.id, str) else " ".join(message.id)
    try:
        return bool(form % dict.fromkeys(GAP.findall(english), ""))
    except (ValueError, TypeError, KeyError):
        return False


def key_of(message: Message) -> Key:
    """Context and singular of a message."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def plural_index(messages: Messages, count: int) -> int:
    """Which form a count takes by the rule in the catalog's header."""
    return c2py(messages.plural_expr)(count)


def forms(message: Message, plurals: int) -> tuple[str, ...]:
    """The translated forms of a message, padded to as many as the language needs."""
    if isinstance(message.string, str):
        return (message.string,)
    given = tuple(form or "" for form in message.string or ())
    return given + ("",) * (plurals - len(given))
