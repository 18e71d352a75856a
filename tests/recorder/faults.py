"""What can go wrong on the way, as plain values, and which requests it befalls.

Decides; does nothing to a connection.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["lost request", "lost answer", "bad gateway", "cut", "rate limited", "delay"]


@dataclass(frozen=True)
class Fault:
    kind: Kind
    seconds: float = 0

    @property
    def reaches_server(self) -> bool:
        return self.kind in ("lost answer", "cut", "delay")


lost_request = Fault("lost request")
lost_answer = Fault("lost answer")
bad_gateway = Fault("bad gateway")
cut = Fault("cut")


def rate_limited(retry_after: float) -> Fault:
    return Fault("rate limited", retry_after)


def delay(seconds: float) -> Fault:
    return Fault("delay", seconds)


@dataclass
class Rule:
    method: str
    path: re.Pattern[str]
    fault: Fault
    left: int


@dataclass
class Faults:
    rules: list[Rule] = field(default_factory=list)

    def add(self, method: str, path: str, fault: Fault, count: int) -> Rule:
        self.rules.append(Rule(method, re.compile(path), fault, count))
        return self.rules[-1]

    def strike(self, method: str, path: str) -> Fault | None:
        """The oldest rule with strokes left that fits; method `*` fits all."""
        for rule in self.rules:
            if rule.left and rule.method in ("*", method) and rule.path.search(path):
                rule.left -= 1
                return rule.fault
        return None
