"""Pictures that somebody might send, kind and hostile. Each is made here; none is a file of anybody's."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

CANARY = "canary-of-the-uploader"
#: 52 degrees north: what a telephone writes beside the pixels.
_GPS = {1: "N", 2: (52.0, 31.0, 12.0), 29: CANARY}


def exif(orientation: int = 1) -> Image.Exif:
    """Who, with what, where; and how the camera was held."""
    held = Image.Exif()
    held[0x010E], held[0x013B], held[0x0110] = CANARY, CANARY, CANARY
    held[0x0112] = orientation
    held.get_ifd(0x8825).update(_GPS)
    return held


def scene(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red above on the left, blue elsewhere: one sees how it was turned."""
    made = Image.new("RGB", (width, height), "blue")
    made.paste("red", (0, 0, width // 2, height // 2))
    return made.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def telling(kind: str) -> bytes:
    """A picture with the canary in every place its format has beside the pixels."""
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + CANARY.encode()
    match kind:
        case "JPEG":
            return saved(scene(), kind, exif=exif(), comment=CANARY.encode(), icc_profile=profile, xmp=xmp)
        case "PNG":
            words = PngImagePlugin.PngInfo()
            words.add_text("Author", CANARY)
            words.add_itxt("XML:com.adobe.xmp", xmp.decode())
            return saved(scene(), kind, exif=exif(), pnginfo=words, icc_profile=profile)
        case "WEBP":
            return saved(scene(), kind, exif=exif(), icc_profile=profile, xmp=xmp)
        case _:
            return saved(scene(), kind, comment=CANARY.encode())


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is so large, of one bit a pixel, whatever else is in it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def honest_bomb(side: int = 20_000) -> bytes:
    """Four hundred million pixels in fifty kilobytes."""
    row = b"\0" * (1 + side // 8)
    return png_of(side, side, chunk(b"IDAT", zlib.compress(row * side, 9)))


def swelling_words() -> bytes:
    """A small picture whose comment swells to a hundred megabytes."""
    comment = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    return png_of(8, 8, chunk(b"zTXt", comment), chunk(b"IDAT", zlib.compress(b"\0\0" * 8)))


def wide_gif() -> bytes:
    """A GIF whose canvas is four thousand million pixels, and whose frame is one."""
    raw = bytearray(saved(scene(1, 1), "GIF"))
    raw[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(raw)


def many_frames(count: int = 10_000) -> bytes:
    """A GIF of that many frames: the first as `scene`, all others green."""
    green = [Image.new("P", (60, 40), number % 2) for number in range(3)]
    short = saved(scene(), "GIF", save_all=True, append_images=green, duration=10)
    head, _, tail = short.partition(b"\x21\xf9\x04")
    frames = (b"\x21\xf9\x04" + tail).rstrip(b"\x3b")
    return head + frames * (count // 4) + b"\x3b"
