"""mastodon-mock with one mend: an @ inside a link is no mention, as on Mastodon.

The mock's own links hold one (`/@dave/1`), so that quoting a link would notify its author. Changes nothing else.
"""

from __future__ import annotations

import re

from mastodon_mock import cli, services

#: Mastodon's own rule for what may stand before a mention.
BEFORE = r"(?<![=/\w])"


def main() -> None:
    """Serve, with the options of mastodon-mock itself."""
    services._MENTION_RE = re.compile(BEFORE + services._MENTION_RE.pattern)
    cli.main()


if __name__ == "__main__":
    main()
