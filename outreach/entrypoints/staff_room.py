"""Command text of the staff room to typed commands. Pure and total: any text gives an answer and none raises.

Knows no case, no stage and no person; whether a first word names a case is the desk's to find out.
"""

from __future__ import annotations

from difflib import get_close_matches

from outreach.services.desk.commands import Command, Unknown, Verb

_VERBS = {str(verb): verb for verb in Verb}
_AROUND = ".,;:!?\"'“”„‘’«»()[]<>*_~`…"
_LONGEST_WORD = 40
_ALIKE = 0.7


def read(text: str, prefix: str) -> Command | Unknown | None:
    """The command of a line, the unknown word after its prefix, or None where it is talk among moderators."""
    line = text.strip()
    said = line[len(prefix) :]
    if not prefix or not line.startswith(prefix) or not said[:1].isalpha():
        return None
    word, after = _first(said)
    verb = _VERBS.get(_bare(word))
    if verb is None:
        return _unknown(word, prefix)
    name, rest = _first(after)
    return Command(verb, _bare(name), rest, after)


def _first(text: str) -> tuple[str, str]:
    """The first word and what follows it; line breaks inside stay."""
    word, after = [*text.split(None, 1), "", ""][:2]
    return word, after.strip()


def _bare(word: str) -> str:
    return word.strip(_AROUND).casefold()


def _unknown(word: str, prefix: str) -> Unknown:
    word = word.strip(_AROUND)[:_LONGEST_WORD]
    near = get_close_matches(word.casefold(), _VERBS, n=1, cutoff=_ALIKE)
    return Unknown(word, prefix + near[0] if near else "")
