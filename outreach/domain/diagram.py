"""The state diagram, printed from the table and from nothing else: `python -m outreach.domain.diagram`.

Shows stages and which inputs lead from one to another; inputs that leave the stage as it is are not drawn.
"""

from __future__ import annotations

import re

from outreach.domain.case import Stage
from outreach.domain.state_machine import TRANSITIONS


def diagram() -> str:
    """Mermaid text."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS.values():
        for target in row.leads_to - {row.stage}:
            start = str(row.stage) if row.stage else "[*]"
            arrows.setdefault((start, str(target)), []).append(_words(row.said.__name__))
    order = {"[*]": -1} | {str(stage): number for number, stage in enumerate(Stage)}
    lines = [
        f"    {start} --> {target}: {', '.join(sorted(said))}"
        for (start, target), said in sorted(arrows.items(), key=lambda item: (order[item[0][0]], order[item[0][1]]))
    ]
    return "\n".join(["stateDiagram-v2", *lines, "    closed --> [*]"])


def _words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    print(diagram())
