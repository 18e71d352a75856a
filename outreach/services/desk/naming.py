"""Whether a moderator's words name somebody: every handle-like token but the addressee's is refused alike (F2).

Looks at spelling alone, never at who exists, who asked or who is known here. A name written as a plain word passes.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from outreach.domain.identity import Account
from outreach.domain.posts import Post
from outreach.domain.text import LONGEST

#: Whatever stands around an @ without a gap: `@x`, `x@y.z`, `@x:y`, `server/@x`.
_AROUND_AT = re.compile(r"(?<![\w.+=%/:-])[\w.+=%/:-]*@[\w.+=%/:@-]*")
#: A Matrix id whose @ was left out; a time of day or a port is none.
_MATRIX = re.compile(r"(?<![\w.:@=+-])(?=[\w.=+-]*[^\W\d_])[\w.=+-]+:(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
#: An account's page on servers whose addresses hold no @.
_PAGE = re.compile(r"/(?:users?|u|profiles?|people|accounts?|actors?)/\w", re.IGNORECASE)
_LOOSE = ".:=+%-"


def names_somebody(text: str, post: Post | None = None, to: Account | None = None) -> bool:
    """Whether some handle-like token stands there that is not the author's, whose `post` the words are about.

    `to` is the author where no post is known.
    """
    if len(text) > LONGEST:  # no line is that long, so these are no moderator's words as they were heard
        return True
    words = _folded(text)
    for own in (_folded(post.link), _folded(post.uri)) if post is not None else ():
        words = words.replace(own, " ") if own else words
    author = post.author if post is not None else to
    own_names = _names(author) if author is not None else frozenset()
    tokens = [*_AROUND_AT.findall(words), *_MATRIX.findall(words)]
    return any(_is_other(token, own_names) for token in tokens) or _PAGE.search(words) is not None


def _is_other(token: str, own: frozenset[str]) -> bool:
    token = token.strip(_LOOSE)
    return token.strip("@/") != "" and token not in own


def _names(author: Account) -> frozenset[str]:
    """How an author may be called: in full with or without the @ in front, or by the short form."""
    full = _folded(author.address).lstrip("@")
    return frozenset({full, f"@{full}", "@" + re.split("[@:]", full, maxsplit=1)[0]})


def _folded(text: str) -> str:
    """One spelling of each token: no look-alike @, no invisible character in between, no %40."""
    plain = unicodedata.normalize("NFKC", unquote(text))
    return "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
