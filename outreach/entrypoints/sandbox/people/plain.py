"""The text a reader of a post sees.

Tags only: no sanitising, no links apart from their text. Pieces that Mastodon hides inside a link are kept,
so that the whole address can be read.
"""

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "ul", "ol", "blockquote", "pre", "div", "h1", "h2", "h3", "h4", "h5", "h6"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.text.append("\n")
        elif tag == "li":
            self.text.append("\n- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.text.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def plain(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.text)).strip()
