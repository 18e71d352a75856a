"""One picture on stdin, the same drawn anew on stdout: run as a script, which imports nothing of ours (`redrawing`).

Only pixels pass: they are painted onto a new canvas, so that no EXIF, profile, comment, thumbnail, further frame or
appended file can come along (anonymity.md, 34). Hides nothing that can be seen.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from contextlib import suppress

from PIL import Image, ImageOps, UnidentifiedImageError

#: A screenshot of three screens of the largest kind, or a long page of a telephone.
MOST_PIXELS = 25_000_000
#: Words in a screenshot stay readable; the result is mostly under a megabyte.
LONGEST_SIDE = 3_072
MOST_RESULT = 4 * 1024 * 1024
_QUALITY = 82
#: A picture of the most pixels takes a second and 400 MiB, most of it for pixels twice.
MOST_SECONDS, MOST_MEMORY = 10, 512 * 1024 * 1024
_STANDARD_FILES = 3
#: The EXIF field that says how the camera was held.
_ORIENTATION = 0x0112
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

#: What the script says in place of a picture, as `outreach.domain.pictures.Unfit` names it.
WRONG_FORMAT, TOO_LARGE, BROKEN = "format", "large", "broken"


class Refused(Exception):
    """`why` is one of those above."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def redraw(raw: bytes) -> tuple[bytes, int, int]:
    """A JPEG of the first frame, upright, with its sides. Raises `Refused` for whatever cannot be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _written(_painted(_opened(raw)))
    except Refused:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise Refused(TOO_LARGE) from None
    except Exception:  # Pillow's decoders raise nearly everything; none of it is worth a second look
        raise Refused(BROKEN) from None


def _opened(raw: bytes) -> Image.Image:
    """Only the header is read before the sides are known."""
    try:
        picture = Image.open(io.BytesIO(raw), formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused(_why_unknown(raw)) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused(TOO_LARGE)
    return picture


def _why_unknown(raw: bytes) -> str:
    """A file that begins as one of ours is a broken one."""
    begins = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
    return BROKEN if raw.startswith(begins) or raw[8:12] == b"WEBP" else WRONG_FORMAT


def _painted(picture: Image.Image) -> Image.Image:
    """The pixels alone, on white where one could see through. Turned last: turning is dear while it is large."""
    turned = picture.getexif().get(_ORIENTATION, 1)
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    seen = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.close()
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    canvas = Image.new("RGB", seen.size, "white")
    canvas.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    return _upright(canvas, turned)


def _upright(canvas: Image.Image, turned: object) -> Image.Image:
    """Pillow turns by the EXIF of the picture itself; the fresh canvas has none, so it is lent this one number."""
    if turned not in range(2, 9):
        return canvas
    canvas.getexif()[_ORIENTATION] = turned
    fresh = ImageOps.exif_transpose(canvas)
    clean = Image.new("RGB", fresh.size)
    clean.paste(fresh)
    return clean


def _written(canvas: Image.Image) -> tuple[bytes, int, int]:
    """Smaller until it fits; noise is the only picture that does not at once."""
    while True:
        out = io.BytesIO()
        canvas.save(out, "JPEG", quality=_QUALITY)
        if out.tell() <= MOST_RESULT:
            return out.getvalue(), canvas.width, canvas.height
        canvas = canvas.resize((max(1, canvas.width // 2), max(1, canvas.height // 2)))


def confine() -> None:
    """From here on this process can neither grow nor run without end, and open no file, socket or process any more.

    The limits hold inside C code, too: what takes a decoder over finds itself with one pipe in and one out. Not for
    root, who may lift them.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_STANDARD_FILES, _STANDARD_FILES))


def rehearse() -> None:
    """Draw a dot of each format: what Pillow imports on the way it imports now, for confined it cannot."""
    Image.init()
    held = Image.Exif()
    held[_ORIENTATION] = 6
    for name in FORMATS:
        dot, out = Image.new("RGBA" if name != "JPEG" else "RGB", (1, 1)), io.BytesIO()
        dot.save(out, name, exif=held)
        redraw(out.getvalue())


def main() -> None:
    """All of stdin is one picture; the answer is `WIDTH HEIGHT`, a line break and the JPEG, or why there is none."""
    rehearse()
    confine()
    try:
        body, width, height = redraw(sys.stdin.buffer.read())
        said = b"%d %d\n" % (width, height) + body
    except Refused as refusal:
        said = refusal.why.encode()
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
