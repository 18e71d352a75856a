"""What a member has said so far toward something that is not confirmed yet. Data only; survives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outreach.domain.asks import Ask, Strength
from outreach.domain.identity import RequestId
from outreach.domain.posts import Post


class Step(StrEnum):
    """What the bot asked last, and so what the next line answers."""

    NOTICE = "notice"
    LOOKING = "looking"  #: an errand is under way; lines wait for it
    MENU = "menu"
    BEHAVIOUR = "behaviour"  #: several posts of one person: only a human can look at them
    CHANGE = "change"
    LABEL = "label"
    LIVED = "lived"
    AUDIENCE = "audience"
    OLD = "old"
    PREVIEW = "preview"
    PRACTICE = "practice"
    CARD = "card"
    HUMAN = "human"
    HUMAN_LINE = "human_line"
    ANSWER = "answer"  #: an author's words were shown; a phrase may be chosen
    SAY = "say"
    FORGET = "forget"
    WHICH = "which"
    TELL = "tell"  #: a report is being told, in as many messages as it takes
    TOLD = "told"  #: the card that it would make was shown
    PICTURES = "pictures"  #: whether moderators may see the pictures that came with it


#: Steps at which something would be sent if the member says so.
CONFIRMABLE = frozenset(
    {Step.PREVIEW, Step.CARD, Step.HUMAN, Step.HUMAN_LINE, Step.SAY, Step.TELL, Step.TOLD, Step.PICTURES}
)
#: Steps at which a report is being told.
TELLING = frozenset({Step.TELL, Step.TOLD, Step.PICTURES})


@dataclass(frozen=True, slots=True)
class Draft:
    """One unconfirmed wish. `shown` says that the preview reached the member; only then `send` counts.

    `passed` are the questions already answered (audience, old post, lived experience), so that none is asked twice.
    """

    step: Step
    links: tuple[str, ...] = ()
    ask: Ask | None = None
    label: str = ""
    strength: Strength | None = None
    post: Post | None = None
    audience: int | None = None
    remote: bool = False
    author_is_staff: bool = False
    text: str = ""
    request: RequestId = RequestId("")
    word: str = ""
    passed: frozenset[str] = frozenset()
    nonce: str = ""
    shown: bool = False
    nudged: bool = False
    kind: str = ""  #: "report" or "support", where it is no request
    people: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    looked: tuple[str, ...] = ()
    told: str = ""  #: the words, while `text` holds the moment of a look
    pictures: tuple[str, ...] = ()  #: where they are, as `Gateway.fetch` takes it; none was looked at yet
    agreed: tuple[str, ...] = ()  #: those of them that moderators may see
