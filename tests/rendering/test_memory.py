"""Only the languages a community configured are held in memory: no other catalog or locale data is even opened."""

from __future__ import annotations

import subprocess
import sys

from tests.rendering.conftest import ROOT

#: Renders and listens as the bot does, in its own process, and prints every language file that was opened.
_SCRIPT = """
import re, sys
FILE = r"(?:locale-data/|locales/)(\\w+)(?:\\.dat|/LC_MESSAGES)"
opened = set()
def seen(event, args):
    if event == "open" and (found := re.search(FILE, str(args[0]))):
        opened.add(found[1])
sys.addaudithook(seen)
from tests.rendering.conftest import make_one, TEMPLATES
from outreach.adapters.rendering.samples import sample
from outreach.domain.letters import LETTERS
language = sys.argv[1]
letters = make_one(TEMPLATES, language)
for audience, names in LETTERS.items():
    for name in names:
        own = {"language": language, "languages": f"{language} en"}
        own = {each: own[each] for each in own.keys() & names[name]}
        letters.render(audience, sample(audience, name, **own), [language])
for word in ("ja", "zh-TW", "Klingon", "nan-TW", "uk"):
    letters.supports(word)
letters.language_of("Это совсем не по-немецки и не по-английски")
letters.alarms("もう死にたい", ["ja"])
letters.command("fertig", ["ja", language])
print(*sorted(opened))
"""


def opened_for(language: str) -> set[str]:
    command = [sys.executable, "-c", _SCRIPT, language]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_nothing_of_other_languages_is_opened() -> None:
    english = {"root", "en", "en_001", "en_GB", "en_150"}
    assert {"de"} <= opened_for("de") <= english | {"de"}
    assert {"pt_PT"} <= opened_for("pt_PT") <= english | {"pt", "pt_PT"}
