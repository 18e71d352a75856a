"""Has each picture drawn anew by a child process, since decoders are where hostile files bite.

The child has an empty environment, no key and no token, and limits of memory, processor time and open files that hold
inside C code (`drawing.confine`). One at a time; what does not end is killed. Pillow is never loaded here.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from outreach.domain.pictures import MOST_BYTES, Picture, Unfit, UnfitPicture
from outreach.ports import TryLater

_SCRIPT = Path(__file__).with_name("drawing.py")
#: Twice the processor time of a child, in seconds: the machine may be busy, and a stuck one uses none of it.
_PATIENCE = 20.0
#: No child says so much, in bytes.
_MOST_SAID = 5 * 1024 * 1024
_PIECE = 65_536


class Redrawer:
    """The `Redraw` port."""

    def __init__(self, *, script: Path = _SCRIPT, patience: float = _PATIENCE) -> None:
        self._script, self._patience = script, patience
        self._turn = asyncio.Lock()

    async def redraw(self, raw: bytes) -> Picture:
        """The picture without anything but its pixels. Raises `UnfitPicture`, or `TryLater` where no child starts."""
        if len(raw) > MOST_BYTES:
            raise UnfitPicture(Unfit.LARGE)
        async with self._turn:
            code, said = await self._asked(raw)
        if code < 0:
            raise UnfitPicture(Unfit.LARGE)  # killed: by its limits, or by us after our patience
        return _picture(said)

    async def _asked(self, raw: bytes) -> tuple[int, bytes]:
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-I", str(self._script), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/"
            )
        except OSError as error:
            raise TryLater(30.0) from error
        try:
            async with asyncio.timeout(self._patience):
                said = await _exchanged(child, raw)
                return await child.wait(), said
        except TimeoutError:
            return -1, b""
        finally:
            await _ended(child)


async def _exchanged(child: Process, raw: bytes) -> bytes:
    """Give and take at once, or both would wait; never more is taken than a picture can have."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101
    giving = asyncio.create_task(_give(child.stdin, raw))
    said = b""
    try:
        while piece := await child.stdout.read(_PIECE):
            said += piece
            if len(said) > _MOST_SAID:
                child.kill()
                break
    finally:
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)
    return said


async def _give(pipe: asyncio.StreamWriter, raw: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(raw)
        await pipe.drain()
    pipe.close()


async def _ended(child: Process) -> None:
    """Nothing of it is left behind, whatever happened: a pipe is closed only once it has been read to its end."""
    assert child.stdout is not None  # noqa: S101
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
    while await child.stdout.read(_PIECE):
        pass
    await child.wait()


def _picture(said: bytes) -> Picture:
    """What the child says is looked at as if a stranger said it: a decoder that was taken over could say anything."""
    header, _, body = said.partition(b"\n")
    if header in (b"format", b"large"):
        raise UnfitPicture(Unfit(header.decode()))
    sides = header.split()
    if len(sides) != 2 or not all(side.isdigit() and len(side) < 6 for side in sides) or body[:3] != b"\xff\xd8\xff":
        raise UnfitPicture(Unfit.BROKEN)
    return Picture(body, int(sides[0]), int(sides[1]))
