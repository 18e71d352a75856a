"""One language's `.po` file, message by message: complete, the same gaps in every form, nothing a server would act on.

Does not render letters; `wording.py` reads those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.plurals import get_plural

from outreach.adapters.rendering.catalogs import GAP, Key, forms, key_of, plural_index, review_of
from outreach.adapters.rendering.checks.expected import Expected
from outreach.adapters.rendering.scripts import mixed_words, strangers
from outreach.adapters.rendering.vocabulary import CONTEXT

#: Counts that take each form of each language at least once (requirements, 4.2).
COUNTS = (0, 1, 2, 3, 5, 11, 12, 21, 22, 25, 101, 111)
_MANY = 250

_AT = re.compile(r"(?:^|[^\w\u2060])[@\uff20\ufe6b]\w")
_LIVE = re.compile(r"[#\uff03\ufe5f]|://|www\.|[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def live(text: str) -> Iterator[str]:
    """What no wording may hold: a mention (F1), a link, a tag, a direction mark (F36)."""
    if _AT.search(text):
        yield "holds a mention: a leading at-sign"
    if _LIVE.search(text):
        yield "holds a link, a tag or a direction mark; links, names and tags come in as values"


def is_open(message: Message, plurals: int) -> bool:
    """Whether a message cannot be used: fuzzy, or a form is missing."""
    return bool(message.fuzzy) or not all(forms(message, plurals))


def faults(messages: Messages, language: str, expected: Expected) -> Iterator[str]:
    """Everything wrong with what has been translated; what is missing is `open_`'s."""
    if messages.plural_expr != get_plural(language).plural_expr:
        yield "the plural rule in the header is not the language's"
    singles = single_forms(messages)
    for message in messages:
        if message.id and not message.fuzzy:
            said = forms(message, messages.num_plurals)
            yield from (f"“{short(ids(message)[0])}” {each}" for each in _in_message(message, said, singles))
            yield from (f"“{short(form)}” {each}" for form in said for each in _letters(language, form))
    yield from _unchanged(messages, expected)


def unfinished(messages: Messages) -> Iterator[str]:
    """What is still to be done before people may read it."""
    if count := sum(is_open(message, messages.num_plurals) for message in messages if message.id):
        yield f"{count} messages are missing or fuzzy"


def stateless(messages: Messages) -> Iterator[str]:
    """Entries that do not say whether somebody has reviewed them."""
    for message in messages:
        if message.id and not review_of(message):
            yield f"“{short(ids(message)[0])}” has no review state, such as “unreviewed”"


def single_forms(messages: Messages) -> frozenset[int]:
    """The plural forms that stand for one number only, so that the number may be left out."""
    uses: dict[int, int] = {}
    for count in range(_MANY):
        form = plural_index(messages, count)
        uses[form] = uses.get(form, 0) + 1
    return frozenset(form for form, used in uses.items() if used == 1)


def _in_message(message: Message, said: Sequence[str], singles: frozenset[int]) -> Iterator[str]:
    if len(said) > 1 and any(said) and not all(said):
        yield f"has {sum(map(bool, said))} plural forms, not {len(said)}"
    if message.context == CONTEXT:
        return
    for number, form in enumerate(said):
        if form:
            yield from _in_form(message, form, optional=len(said) > 1 and number in singles)


def _in_form(message: Message, form: str, *, optional: bool) -> Iterator[str]:
    english = ids(message)
    asked, given = _gaps(*english), _gaps(form)
    if stranger := given - asked:
        yield f"has the gap {min(stranger)}, which English has not"
    countless = _gaps(english[0]) if optional else asked
    if lost := (countless & asked) - given:
        yield f"has lost the gap {min(lost)}"
    try:
        form % dict.fromkeys(asked | given, "x")
    except (ValueError, TypeError, KeyError):
        yield "has a percent sign that stands for nothing; write %%"
    if form.strip() != form and english[0].strip() == english[0]:
        yield "begins or ends with a blank"
    if not any(live(english[0])):
        yield from live(form)


def _letters(language: str, form: str) -> Iterator[str]:
    if wrong := strangers(language, form):
        yield f"holds {wrong}, which this language does not write"
    if words := mixed_words(GAP.sub(" ", form)):
        yield f"mixes scripts in the word {words[0]}"


def _unchanged(messages: Messages, expected: Expected) -> Iterator[str]:
    """Strings that are the same as in English, but for those that are meant so."""
    same = {ids(m)[0] for m in messages if m.id and m.context != CONTEXT and set(ids(m)) & set(_strings(m))}
    same = {text for text in same if re.search(r"[^\W\d_]", GAP.sub("", text))}
    yield from (f"“{short(text)}” is the same as in English" for text in sorted(same - set(expected.same)))
    yield from (f"“{short(text)}” is in `same`, but is not the same" for text in sorted(set(expected.same) - same))


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def ids(message: Message) -> tuple[str, ...]:
    """The English forms."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def steps(messages: Messages, asked: frozenset[Key]) -> Iterator[str]:
    """Where the file is not in step with the sources; nothing is said where those cannot be read."""
    held = {key_of(message) for message in messages if message.id}
    if not asked:
        return
    if lost := asked - held:
        yield f"{len(lost)} messages of the sources are not in the file; run make locales"
    if idle := held - asked:
        yield f"{len(idle)} messages are not used any more; run make locales"


def _gaps(*texts: str) -> set[str]:
    return {name for text in texts for name in GAP.findall(text)}


def short(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text.split())[:50]
