"""What makes a play fail: silence, an unexpected answer, a name where it must not stand. No server needed."""

import asyncio
import io

import pytest

from outreach.entrypoints.sandbox.narrate import Narrator, StepFailed
from outreach.entrypoints.sandbox.secrecy import check_unnamed
from outreach.entrypoints.sandbox.talking import Talk


class Script:
    """A voice that hears these lines and then nothing."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.sent: list[str] = []

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def next(self) -> str:
        if not self._lines:
            await asyncio.Event().wait()
        return self._lines.pop(0)


def talk(*lines: str) -> tuple[Talk, io.StringIO, Narrator]:
    out = io.StringIO()
    narrator = Narrator(out)
    return Talk("ada", Script(*lines), narrator, within=0.2), out, narrator


async def test_parts_count_as_one_and_are_all_told() -> None:
    ada, out, narrator = talk("first\n\nhalf", "second half: send or cancel", "later")
    await ada.says("go")
    read = await ada.hears("a preview", "first", "cancel")
    assert read == "first\n\nhalf\nsecond half: send or cancel\n"
    assert "  ada → outreach, privately\n      go\n" in out.getvalue()
    assert "      first\n\n      half\n" in out.getvalue() and "later" not in out.getvalue()
    assert (narrator.steps, narrator.doing) == (2, "ada hears a preview")


@pytest.mark.parametrize("lines", [(), ("something else",)])
async def test_silence_and_other_words_fail_the_step(lines: tuple[str, ...]) -> None:
    ada, _, narrator = talk(*lines)
    with pytest.raises(StepFailed, match=r"\AThis step was not observed: ada hears the menu. Ada waited 0.2 s.\Z"):
        await ada.hears("the menu", "1 ")
    assert narrator.steps == 0


def test_a_name_that_leaked_fails_the_step() -> None:
    narrator = Narrator(io.StringIO())
    check_unnamed(narrator, "ada", "dave", '{"metadata": 1, "acct": "adam"}')
    for leak in ("@ada:localhost", '"Ada"', "http://x/@ada/1", "ada-token"):
        with pytest.raises(StepFailed, match="nothing that dave can see names ada"):
            check_unnamed(narrator, "ada", "dave", leak)
