"""Two whole stories, acted through users' tokens alone: one that goes well, and one that needs moderators.

Puts them in order. What people do and must then hear stands in `suggestion` and `escalation`.
"""

from __future__ import annotations

from outreach.entrypoints.sandbox.escalation import Escalation
from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.suggestion import Suggestion
from outreach.entrypoints.sandbox.town import Town


async def play(town: Town, narrator: Narrator) -> None:
    """Both stories; raises `StepFailed` at the first step that was not observed."""
    await Suggestion(town, narrator).play()
    await Escalation(town, narrator).play()
