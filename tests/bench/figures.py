"""Figures beside their floors, and the table they end in. Measures nothing."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEAD = ("figure", "ours", "floor", "ratio", "more", "aim")


@dataclass
class Table:
    """Lines as they come: printed at once, and all together in the end."""

    lines: list[tuple[str, ...]] = field(default_factory=list)

    def row(self, name: str, ours: Sequence[float], floor: Sequence[float] = (), unit: str = "", aim: str = "") -> None:
        """The medians, with ratio and difference where there is a floor."""
        a = statistics.median(ours)
        if not floor:
            return self._add(name, f"{a:.1f} {unit}", "", "", "", aim)
        b = statistics.median(floor)
        return self._add(name, f"{a:.1f} {unit}", f"{b:.1f} {unit}", f"{a / b:.2f}", f"{a - b:+.1f}", aim)

    def fact(self, name: str, value: str, aim: str = "") -> None:
        """Something that is no time."""
        self._add(name, value, "", "", "", aim)

    def _add(self, *cells: str) -> None:
        self.lines.append(cells)
        print("  ".join(filter(None, cells)), flush=True)

    def __str__(self) -> str:
        rows = [_HEAD, *self.lines]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if n in (0, 5) else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *rest)).rstrip()


def percentile(values: Sequence[float], hundredth: int) -> float:
    """Of a few values the largest."""
    return statistics.quantiles(values, n=100, method="inclusive")[hundredth - 1] if len(values) > 1 else values[0]
