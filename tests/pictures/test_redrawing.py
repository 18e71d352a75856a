"""What comes in as a picture goes out as pixels alone, or is refused in so many words (anonymity.md, 34)."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from outreach.adapters.pictures import Redrawer, drawing
from outreach.domain.pictures import MOST_BYTES, Picture, Unfit, UnfitPicture
from tests.pictures import making
from tests.pictures.making import CANARY, saved, scene

KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def pixels(made: Picture) -> Image.Image:
    return Image.open(io.BytesIO(made.body)).convert("RGB")


def corners(made: Picture) -> str:
    """Where the red corner is, clockwise from above on the left."""
    seen = pixels(made)
    right, low = seen.width - 3, seen.height - 3
    spots = [seen.getpixel(at) for at in ((2, 2), (right, 2), (right, low), (2, low))]
    return "".join("r" if isinstance(spot, tuple) and spot[0] > spot[2] else "b" for spot in spots)


@pytest.mark.parametrize("kind", KINDS)
async def test_only_pixels_pass(kind: str) -> None:
    raw = making.telling(kind)
    assert CANARY.encode() in raw
    made = await Redrawer().redraw(raw)
    assert (made.width, made.height) == (60, 40) and corners(made) == "rbbb"
    assert CANARY.encode() not in made.body and b"Exif" not in made.body and b"ICC_PROFILE" not in made.body
    again = Image.open(io.BytesIO(made.body))
    assert not again.getexif() and set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert segments(made.body) <= {0xC0, 0xC4, 0xDB, 0xDA, 0xE0}


def segments(jpeg: bytes) -> set[int]:
    """The kinds of segments before the pixels; APP1 and following, and comments, are where things hide."""
    found, at = set(), 2
    while at < len(jpeg) and jpeg[at] == 0xFF and 0xDA not in found:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def test_the_place_is_in_what_is_sent() -> None:
    """Else the test above could not fail."""
    sent = Image.open(io.BytesIO(making.telling("JPEG")))
    assert sent.getexif().get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize(
    ("orientation", "found"), [(1, "rbbb"), (2, "brbb"), (3, "bbrb"), (4, "bbbr"), (6, "brbb"), (8, "bbbr")]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_it_stands_upright(kind: str, orientation: int, found: str) -> None:
    body, width, height = drawing.redraw(saved(scene(), kind, exif=making.exif(orientation)))
    made = Picture(body, width, height)
    assert corners(made) == found
    assert (width, height) == ((40, 60) if orientation > 4 else (60, 40))
    assert not Image.open(io.BytesIO(body)).getexif()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Unfit.FORMAT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", Unfit.FORMAT),
        (b"<!doctype html><img src=x>", Unfit.FORMAT),
        (b"%PDF-1.7\n", Unfit.FORMAT),
        (b"PK\x03\x04" + b"\0" * 40, Unfit.FORMAT),
        (saved(scene(), "BMP"), Unfit.FORMAT),
        (saved(scene(), "TIFF"), Unfit.FORMAT),
        (b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)", Unfit.BROKEN),
        (b"\xff\xd8\xff" + os.urandom(200), Unfit.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, Unfit.BROKEN),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Unfit.BROKEN),
        (making.honest_bomb(), Unfit.LARGE),
        (making.png_of(1_000_000, 1_000_000), Unfit.LARGE),
        (making.wide_gif(), Unfit.LARGE),
        (saved(Image.new("1", (5_001, 5_000)), "PNG"), Unfit.LARGE),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, Unfit.LARGE),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:6]!r}",
)
async def test_hostile_files_are_refused(raw: bytes, why: Unfit) -> None:
    with pytest.raises(UnfitPicture) as refused:
        await Redrawer().redraw(raw)
    assert refused.value.why is why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_what_was_cut_off_is_broken(kind: str, part: float) -> None:
    noise = Image.frombytes("RGB", (60, 40), os.urandom(60 * 40 * 3))
    raw = saved(noise, kind)
    with pytest.raises(drawing.Refused) as refused:
        drawing.redraw(raw[: int(len(raw) * part)])
    assert refused.value.why == Unfit.BROKEN


async def test_a_file_that_is_two_things_becomes_one() -> None:
    hidden = b"PK\x03\x04<script>" + CANARY.encode()
    for kind in KINDS:
        made = await Redrawer().redraw(saved(scene(), kind) + hidden)
        assert CANARY.encode() not in made.body and b"PK\x03\x04" not in made.body


async def test_of_ten_thousand_frames_the_first_is_drawn() -> None:
    raw = making.many_frames()
    begun = time.monotonic()
    made = await Redrawer().redraw(raw)
    assert corners(made) == "rbbb"
    assert time.monotonic() - begun < 5


async def test_a_comment_that_swells_costs_nothing() -> None:
    begun = time.monotonic()
    with pytest.raises(UnfitPicture) as refused:
        await Redrawer().redraw(making.swelling_words())
    assert refused.value.why in (Unfit.BROKEN, Unfit.LARGE)
    assert time.monotonic() - begun < 5


def test_what_is_transparent_stands_on_white_and_what_is_large_becomes_smaller() -> None:
    clear = Image.new("RGBA", (4_000, 1_000), (0, 0, 0, 0))
    body, width, height = drawing.redraw(saved(clear, "PNG"))
    assert (width, height) == (3_072, 768)
    assert Image.open(io.BytesIO(body)).getpixel((9, 9)) == (255, 255, 255)
    greyscale = drawing.redraw(saved(scene(mode="LA"), "PNG"))
    assert greyscale[1:] == (60, 40)


# the process


def script(folder: Path, words: str) -> Path:
    """A child that does something else once it is confined."""
    path = folder / "child.py"
    own = drawing.__file__
    path.write_text(f"import os, runpy, socket, sys\nown = runpy.run_path({own!r})\nown['confine']()\n{words}\n")
    return path


_FINE = r"sys.stdout.buffer.write(b'%d 1\n\xff\xd8\xff' % {})"


async def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTREACH_MASTER_KEY", "secret")
    counted = _FINE.format("sum(name.startswith('OUTREACH') for name in os.environ)")
    assert (await Redrawer(script=script(tmp_path, counted)).redraw(b"x")).width == 0


@pytest.mark.parametrize("act", ["open('/etc/hostname')", "socket.socket()", "os.pipe()", "bytearray(600 << 20)"])
async def test_the_child_can_reach_and_grow_nowhere(tmp_path: Path, act: str) -> None:
    tried = f"try:\n    {act}\nexcept (OSError, MemoryError):\n    {_FINE.format(7)}"
    assert (await Redrawer(script=script(tmp_path, tried)).redraw(b"x")).width == 7


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("while True: pass", Unfit.LARGE),
        ("os.kill(os.getpid(), 11)", Unfit.LARGE),
        ("sys.stdout.buffer.write(b'9 9\\n' + b'\\xff\\xd8\\xff' * (3 << 20))", Unfit.LARGE),
        ("sys.stdout.buffer.write(b'<html>')", Unfit.BROKEN),
        ("raise ValueError", Unfit.BROKEN),
    ],
)
async def test_a_child_that_misbehaves_is_ended(tmp_path: Path, does: str, why: Unfit) -> None:
    with pytest.raises(UnfitPicture) as refused:
        await Redrawer(script=script(tmp_path, does), patience=1).redraw(b"x" * 300_000)
    assert refused.value.why is why
    assert not children()


def children() -> list[str]:
    own = Path(f"/proc/{os.getpid()}/task")
    return [one for task in own.iterdir() for one in (task / "children").read_text().split()]


async def test_one_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    task = asyncio.create_task(Redrawer(script=script(tmp_path, "while True: pass")).redraw(b"x"))
    await asyncio.sleep(0.3)
    assert children()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not children()


async def test_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are sent, one is in memory at a time."""
    redrawer, at_once = Redrawer(), []
    own: Callable[[bytes], object] = redrawer._asked

    async def watched(raw: bytes) -> object:
        at_once.append(len(children()))
        return await own(raw)  # type: ignore[misc]

    monkeypatch.setattr(redrawer, "_asked", watched)
    raw = saved(scene(), "PNG")
    await asyncio.gather(*(redrawer.redraw(raw) for _ in range(3)))
    assert at_once == [0, 0, 0]


def test_the_bot_itself_never_loads_a_decoder() -> None:
    """What a hostile picture could take over is not in the process that holds the keys."""
    asked = "import outreach.entrypoints.daemon, sys; sys.exit(any(one.split('.')[0] == 'PIL' for one in sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
