"""Which configured language a code or a text means. An own chain, since Babel's fails on `zh-CN` and branch codes.

Does not choose whom to write to in which; unsure is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from outreach.adapters.rendering.catalogs import Catalog
from outreach.adapters.rendering.scripts import base, script_alone, written_in
from outreach.adapters.rendering.vocabulary import CONTEXT, synonyms

#: Every language outreach is being written in: the folders of `locales/`, as CLDR writes them (requirements, 4.1).
LOCALES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pl",
    "pt_BR",
    "pt_PT",
    "ru",
    "uk",
    "cs",
    "ja",
    "ko",
    "zh_Hans",
    "zh_Hant",
    "th",
    "vi",
)

#: Those whose catalog is whole and passes every check. The one place that says so: add a language here when
#: `outreach letters lint --lang L` is silent.
SHIPPED = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pl",
    "pt_BR",
    "pt_PT",
    "ru",
    "uk",
    "cs",
    "ja",
    "ko",
    "zh_Hans",
    "zh_Hant",
    "th",
    "vi",
)

#: Codes of branches and countries that are no language codes (requirements, 4.1): a map, never derived.
BRANCHES: Mapping[str, str] = {
    "cn": "zh_Hans",
    "zh-tr": "zh_Hant",
    "jp": "ja",
    "kr": "ko",
    "ua": "uk",
    "vn": "vi",
    "cz": "cs",
    "ptbr": "pt_BR",
    "int": "en",
}

#: Codes that say that no language is known, or several; Babel reads some of them as English.
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "root", ""})

#: The commonest words of a language, which others do not share; translated as a list of that language.
STOP_WORDS = (
    "the, and, is, are, was, were, you, your, that, this, with, have, has, not, for, of, to, it, my, they, "
    "their, what, from, would, could, please, about, because, there, been, i, we, do, does, of, a, an, but"
)
_LONGEST_CODE = 60
_FEWEST = 4
_SURE = 0.2


def tag(code: str) -> str:
    """`pt-br`, `PT_BR` → `pt_BR`; a code Babel does not know comes back as it is."""
    parsed = _parse(code)
    return code if parsed is None else str(parsed)


def supports(code: str, configured: Sequence[str]) -> str | None:
    """The configured language a code means: exact, then language and script, then language alone."""
    if len(code) > _LONGEST_CODE:
        return None
    wanted = BRANCHES.get(code.strip().casefold().replace("_", "-"), code.strip())
    exact = wanted.replace("-", "_").casefold()
    for language in configured:
        if language.replace("-", "_").casefold() == exact:
            return language
    parsed = _parse(wanted)
    if parsed is None:
        return _named(wanted, configured)
    return next((language for language in configured if _means(parsed, language, configured)), None)


def _named(word: str, configured: Sequence[str]) -> str | None:
    """A language called by its name, in any configured language or English."""
    spoken = [locale for code in dict.fromkeys((*configured, "en")) if (locale := _parse(code)) is not None]
    for language in configured:
        meant = _parse(language)
        names = {(meant.get_display_name(other) or "").casefold() for other in spoken} if meant else set()
        if word.casefold() in names:
            return language
    return None


def _means(wanted: Locale, language: str, configured: Sequence[str]) -> bool:
    offered = _parse(language)
    if offered is None or offered.language != wanted.language:
        return False
    same = [each for each in map(_parse, configured) if each and each.language == wanted.language]
    if offered.script or wanted.script:
        bare = not (wanted.script or wanted.territory)
        return _script(offered) == _script(wanted) or (bare and len(same) == 1)
    return len(same) == 1 or offered.territory == wanted.territory or not _territory_kept(wanted, same, offered)


def _territory_kept(wanted: Locale, same: list[Locale], offered: Locale) -> bool:
    """Whether another configured variant fits a wanted territory better than the one offered."""
    fits = any(each.territory == wanted.territory for each in same)
    plain = any(each.territory is None for each in same)
    return fits or (plain and offered.territory is not None)


def _script(locale: Locale) -> str | None:
    """The script that is named, or the one most people write that language in."""
    likely = _parse(get_global("likely_subtags").get(str(locale), "") or "")
    return locale.script or (likely.script if likely else None)


def _parse(code: str) -> Locale | None:
    code = code[:_LONGEST_CODE]
    if re.split("[-_]", code.strip().casefold())[0] in _NO_LANGUAGE:
        return None
    for attempt in _attempts(code):
        try:
            return Locale.parse(attempt)
        except (ValueError, UnknownLocaleError, TypeError):
            continue
    return None


def _attempts(code: str) -> Iterator[str]:
    parts = [part for part in code.strip().replace("-", "_").split("_") if part]
    parts = parts[: next((n for n, part in enumerate(parts) if len(part) == 1), len(parts))]
    for length in range(len(parts), 0, -1):
        yield "_".join(parts[:length])


class Guesser:
    """Tells languages apart by script, then by their commonest words; only for texts of some length, only when sure."""

    def __init__(self, catalogs: Sequence[Catalog]) -> None:
        able = [each for each in catalogs if each.has([(CONTEXT, STOP_WORDS)])]
        self._words = {each.language: frozenset(synonyms(each, STOP_WORDS)) for each in able}

    def of(self, folded: str) -> str | None:
        """The language of a folded text."""
        near = [language for language in self._words if written_in(language, folded)]
        if near and script_alone(near[0]):
            return near[0] if len(near) == 1 else None
        said = folded.split()
        if len(said) < _FEWEST:
            return None
        counts = {name: sum(word in self._words[name] for word in said) for name in near}
        best, *others = sorted(counts, key=lambda name: -counts[name]) or [""]
        second = max((counts[name] for name in others if base(name) != base(best)), default=0)
        sure = best and counts[best] >= 2 and counts[best] >= _SURE * len(said) and counts[best] >= 2 * second
        return best if sure else None
