"""A smallest file that is right, to be made wrong one line at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.config import Config, load

SMALLEST = """
[community]
contact = "https://loser.cafe/about"
{community}
[matrix]
homeserver = "https://matrix.loser.cafe/"
user = "@outreach:loser.cafe"
staff_room = "!cwg:loser.cafe"
{matrix}
{rest}
"""

Writer = Callable[..., Path]
Loader = Callable[..., Config]


@pytest.fixture
def written(tmp_path: Path) -> Writer:
    """Write the smallest file with additions."""

    def write(rest: str = "", *, matrix: str = "", community: str = "") -> Path:
        path = tmp_path / "outreach.toml"
        path.write_text(SMALLEST.format(rest=rest, matrix=matrix, community=community))
        return path

    return write


@pytest.fixture
def loaded(written: Writer) -> Loader:
    """Write and load it."""

    def load_it(rest: str = "", *, matrix: str = "", community: str = "") -> Config:
        return load(written(rest, matrix=matrix, community=community))

    return load_it
