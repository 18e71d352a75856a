"""Whether a file may be read by people it is not meant for. Looks at modes only; changes and opens nothing."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH


def open_to_others(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that somebody else than their owner may read or write; absent ones are left out."""
    return tuple(path for path in paths if _mode(path) & _OTHERS_READ)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
