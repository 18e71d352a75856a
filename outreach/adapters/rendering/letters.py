"""The renderer: letters into words, words into commands. A letter is rendered in one language or not at all.

Only the configured languages are held in memory, English always. Decides nothing about cases or persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from outreach.adapters.rendering.alarms import Alarms
from outreach.adapters.rendering.catalogs import SOURCE, Catalog, Key, read, source
from outreach.adapters.rendering.languages import Guesser, supports, tag
from outreach.adapters.rendering.names import SUBJECTS
from outreach.adapters.rendering.policy_texts import all_needed, needed, told
from outreach.adapters.rendering.templates import Templates
from outreach.adapters.rendering.vocabulary import LONGEST_FOLDED, Vocabulary, folded
from outreach.domain.letters import AMBIENT, Audience, Letter
from outreach.domain.profile import Profile
from outreach.ports import Rendered

_LONGEST_LABEL = 60


class Letters:
    """Implements `ports.Renderer`.

    `ambient` holds the community's facts as text (`AMBIENT`; what is missing is empty; `reveal` is "1" or "",
    `backups` seconds). `crisis.de` stands for `crisis` in German letters. `zone` is the community's time zone, and
    `profile` says which labels there are, what they are called, and the reasons that are given.
    """

    def __init__(
        self,
        templates: Path,
        locales: Path,
        languages: Sequence[str],
        ambient: Mapping[str, str],
        zone: str,
        profile: Profile,
    ) -> None:
        self.languages = tuple(dict.fromkeys(map(tag, languages)))
        self._ambient = dict(ambient)
        self.profile = profile
        self._catalogs = {each: told(read(locales, each), profile) for each in self.languages}
        self._catalogs[SOURCE] = told(source(), profile)
        self._words = {each: Vocabulary(catalog) for each, catalog in self._catalogs.items()}
        self._guesser = Guesser([self._catalogs[each] for each in self.languages])
        self._templates = Templates(templates, zone)
        self._locales = locales

    def render(self, audience: Audience, letter: Letter, languages: Sequence[str]) -> Rendered:
        """Render in the first language of the chain in which the whole letter is translated; English is last."""
        says = self._says(audience, letter)
        catalog = next(each for each in self._chain(languages) if each.has(says))
        values = self._facts(catalog.language) | dict(letter.values)
        text = self._templates.render(audience, letter.name, values, catalog)
        return Rendered(text, catalog.language, subject(audience, catalog), catalog.is_reviewed(says))

    def command(self, text: str, languages: Sequence[str]) -> str | None:
        """The command whose word is the whole of `text` (case, punctuation, emoji ignored), or None."""
        if len(text) > LONGEST_FOLDED:  # its beginning alone must not pass for the whole of it (F36)
            return None
        word = folded(text, self._ambient.get("bot", ""))
        return next(filter(None, (words.command(word) for words in self._spoken(languages))), None)

    def label(self, word: str, languages: Sequence[str]) -> str | None:
        """The content-warning label a word stands for, synonyms included; None if unknown."""
        word = folded(word) if len(word) <= LONGEST_FOLDED else ""
        return next(filter(None, (words.label(word) for words in self._spoken(languages))), None)

    def ask(self, word: str, languages: Sequence[str]) -> str | None:
        """The ask a word or short phrase stands for ("alt text"), or None."""
        word = folded(word) if len(word) <= LONGEST_FOLDED else ""
        return next(filter(None, (words.ask(word) for words in self._spoken(languages))), None)

    def nearest_labels(self, word: str, languages: Sequence[str]) -> tuple[str, ...]:
        """Up to three labels whose names are spelled alike."""
        word = folded(word[:_LONGEST_LABEL])
        near = (label for words in self._spoken(languages) for label in words.near_labels(word))
        return tuple(dict.fromkeys(near))[:3]

    def alarms(self, text: str, languages: Sequence[str]) -> frozenset[str]:
        """Which of "self_harm", "guess" (who asked?) the words of a text suggest, in any shipped language."""
        return self._alarms.of(text)

    def check(self) -> None:
        """Read every template now; raises `BadTemplate`."""
        self._templates.check()

    @cached_property
    def _alarms(self) -> Alarms:
        return Alarms(self._locales)

    def language_of(self, text: str) -> str | None:
        """The configured language a longer text is surely written in, else None."""
        return self._guesser.of(folded(text))

    def supports(self, code: str) -> str | None:
        """The configured language a code such as `pt_BR`, `de-AT` means, else None."""
        return supports(code, self.languages)

    def complete(self, audience: Audience, name: str, language: str) -> bool:
        """Whether a letter can be said wholly in a configured language, whatever label or ask it is about."""
        return self.catalog(language).has(self.needs(audience, name))

    def reviewed(self, audience: Audience, name: str, language: str) -> bool:
        """Whether a fluent reader has checked all that a letter may say in a configured language."""
        return self.catalog(language).is_reviewed(self.needs(audience, name))

    def needs(self, audience: Audience, name: str) -> frozenset[Key]:
        """The messages a letter may say, with any values; raises `BadTemplate`."""
        used = self._templates.used(audience, name)
        return self._templates.needs(audience, name) | set(all_needed(self.profile, used))

    def catalog(self, language: str) -> Catalog:
        """The words of a configured language."""
        return self._catalogs[language]

    def _says(self, audience: Audience, letter: Letter) -> frozenset[Key]:
        used = self._templates.used(audience, letter.name)
        return self._templates.needs(audience, letter.name) | set(needed(self.profile, used, letter.values))

    def _chain(self, languages: Sequence[str]) -> Iterator[Catalog]:
        for code in languages:
            found = self.supports(code)
            if found is not None or tag(code) == SOURCE:
                yield self._catalogs[found or SOURCE]
        yield self._catalogs[SOURCE]

    def _spoken(self, languages: Sequence[str]) -> Iterator[Vocabulary]:
        return (self._words[each] for each in dict.fromkeys(c.language for c in self._chain(languages)))

    def _facts(self, language: str) -> dict[str, str]:
        facts = {name: self._ambient.get(name, "") for name in AMBIENT}
        return facts | {"crisis": self._ambient.get(f"crisis.{language}", facts["crisis"])}


def subject(audience: Audience, catalog: Catalog) -> str:
    """The first line a lock screen may show."""
    line = SUBJECTS[audience]
    return catalog.say("subject", line) if line else ""
