"""Commands that need no configuration, and how every command fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from outreach import __version__
from outreach.adapters.vault import parse_master_key
from tests.cli.conftest import ROOT, Outreach


def test_version(outreach: Outreach) -> None:
    answer = outreach("--version")
    assert (answer.code, answer.out, answer.err) == (0, f"outreach {__version__}\n", "")


def test_keys_new_prints_one_line_that_is_a_key(outreach: Outreach) -> None:
    answer = outreach("keys", "new")
    assert (answer.code, answer.err) == (0, "")
    assert len(answer.out.splitlines()) == 1
    assert len(parse_master_key(answer.out)) == 32


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["--bogus"],
        ["keys", "old"],
        ["letters", "show"],
        ["letters", "show", "first_contact", "--bogus"],
        ["letters", "show", "first_contact", "--set", "novalue"],
        ["run", "--bogus"],
        ["run", "more"],
        ["--config", "x", "run", "--log-level", "LOUD"],
    ],
)
def test_wrong_usage_is_two(outreach: Outreach, arguments: list[str]) -> None:
    answer = outreach(*arguments)
    assert answer.code == 2
    assert answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("arguments", [["--help"], ["keys", "--help"], ["letters", "--help"], ["run", "--help"]])
def test_help_fits_one_screen(outreach: Outreach, arguments: list[str]) -> None:
    answer = outreach(*arguments)
    assert answer.code == 0
    assert len(answer.out.splitlines()) <= 40


def test_only_what_works_is_listed(outreach: Outreach) -> None:
    text = outreach("--help").out
    for command in ("run", "sandbox", "keys", "letters"):
        assert f" {command} " in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["letters", "show", "frist_contact"], "first_contact"),
        (["letters", "show", "genuine_yes"], "member/genuine_yes, recipient/genuine_yes"),
        (["letters", "show", "first_contact", "--lang", "tlh"], "There is no language tlh"),
        (["letters", "show", "first_contact", "--ask", "cww"], "nearest are cw"),
        (["letters", "show", "first_contact", "--label", "fod"], "food"),
        (["letters", "show", "first_contact", "--ask", "edit", "--label", "food"], "takes no label"),
        (["letters", "show", "who", "--ask", "cw"], "no variable of recipient/who ask"),
        (["letters", "show", "first_contact", "--set", "reporter=alice"], "no variable of"),
        (["letters", "show", "mandatory", "--set", "consequence="], "mandatory: consequence is missing"),
        (["letters", "show", "suggestion", "--set", "consequence=ban"], "consequence can't be 'ban', only none"),
    ],
)
def test_a_named_failure_is_one_sentence(outreach: Outreach, arguments: list[str], said: str) -> None:
    answer = outreach(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def test_letters_list_names_every_letter_once(outreach: Outreach) -> None:
    answer = outreach("letters", "list")
    names = [line.split()[0] for line in answer.out.splitlines()]
    assert answer.code == 0
    assert "recipient/first_contact" in names
    assert len(names) == len(set(names)) > 50


def test_letters_show_prints_the_letter_alone(outreach: Outreach) -> None:
    answer = outreach("letters", "show", "first_contact", "--ask", "cw", "--label", "food")
    assert (answer.code, answer.err) == (0, "")
    assert "food" in answer.out
    assert "loser.example/posts" in answer.out


def test_letters_show_takes_values(outreach: Outreach) -> None:
    link, own = "https://other.example/posts/7", "Other Community"
    answer = outreach(
        "letters", "show", "recipient/first_contact", "--set", f"link={link}", "--set", f"community={own}"
    )
    assert link in answer.out
    assert own in answer.out


@pytest.mark.parametrize("code", ["de", "de-AT", "DE"])
def test_languages_in_every_spelling(outreach: Outreach, code: str) -> None:
    answer = outreach("letters", "show", "first-contact", "--lang", code)
    assert answer.code == 0
    assert answer.err == "Unreviewed: no fluent reader has compared all of it (de) with the English yet.\n"


def test_letters_list_marks_what_nobody_has_checked(outreach: Outreach) -> None:
    line = next(line for line in outreach("letters", "list").out.splitlines() if "first_contact" in line)
    shown = line.split()[1:]
    assert "en" in shown
    assert {"de*", "fr*"} <= set(shown)


def test_letters_show_beside_english_with_lengths(outreach: Outreach) -> None:
    lines = outreach("letters", "show", "recipient/who", "--lang", "de", "--beside").out.splitlines()
    heads = [line for line in lines if line.startswith("--- ")]
    assert [re.sub(r"\d+ of", "N of", head) for head in heads] == [
        "--- en, N of 500 characters",
        "--- de, N of 500 characters",
    ]
    english = "\n".join(lines[1 : lines.index(heads[1])])
    assert english.startswith("I tell nobody who asked") and f"--- en, {len(english)} of" in heads[0]


def test_letters_lint_wants_a_language_that_is_named_to_be_finished(outreach: Outreach) -> None:
    answer = outreach("letters", "lint", "--lang", "tlh")
    assert (answer.code, "There is no language tlh" in answer.err) == (1, True)
    assert outreach("letters", "lint", "--lang", "de").code == 0


def test_letters_lint_passes_on_what_is_shipped(outreach: Outreach) -> None:
    answer = outreach("letters", "lint")
    assert (answer.code, answer.err) == (0, "")


def test_the_sandbox_asks_for_its_extra(outreach: Outreach, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['outreach.entrypoints.sandbox.main'] = None\n")
    answer = outreach("sandbox", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1


_LOUD = (
    "import sys; from outreach.entrypoints.cli.failing import guarded; sys.exit(guarded(lambda: print('x' * 9) or 0))"
)


@pytest.mark.parametrize("command", [["-m", "outreach.entrypoints.cli", "letters", "list"], ["-c", _LOUD]])
def test_a_reader_who_has_left_hears_no_complaint(command: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
