"""The parts that letters about rules and decisions must have: one that lacks any is refused, and the part is named.

Registers variables and their closed words; no wording, and whether a part is true is not this module's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from outreach.domain.asks import Strength
from outreach.domain.errors import IncompleteLetter
from outreach.domain.letters import Audience, Letter


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter must say: any text, one of `words`, or (`several`) at least one of them, separated by spaces.

    `only` holds variables, each with a word: the part is required only where all these words are chosen.
    """

    name: str
    words: tuple[str, ...] = ()
    several: bool = False
    only: tuple[tuple[str, str], ...] = ()

    def lacks(self, values: Mapping[str, str]) -> str:
        """What is wrong with this part of these values; empty if nothing is."""
        given = values.get(self.name, "")
        if not all(word in values.get(variable, "").split() for variable, word in self.only):
            return ""
        if not given.strip():
            return "is missing"
        chosen = given.split() if self.several else [given]
        unknown = [word for word in chosen if self.words and word not in self.words]
        return f"can't be {unknown[0]!r}, only {', '.join(self.words)}" if unknown else ""


#: What can be done to an account or a post (R033 to R036, R049 to R053, R092).
MEASURES = (
    *("warn", "label", "mark_media", "strip_media", "unlist", "followers_only", "limit"),
    *("mute", "kick", "ban", "freeze", "suspend", "delete_post", "delete_account"),
)

_ROLE = Part("role", ("team", "moderator"))


def _cooperative(strength: Strength) -> tuple[Part, ...]:
    """R073: role, behaviour and reason, modality, consequence. The friendly frame is the template's matter.

    A suggestion has no consequence: it threatens nothing (R074).
    """
    consequences = () if strength is Strength.MAY else MEASURES
    return (
        _ROLE,
        Part("behaviour", ("often", "unlabelled", "unmarked", "own")),
        *(Part("label", only=(("behaviour", each),)) for each in ("often", "unlabelled", "unmarked")),
        Part("behaviour_text", only=(("behaviour", "own"),)),
        Part("grounds", ("tiring", "unprepared", "chosen", "seizures", "own")),
        Part("grounds_text", only=(("grounds", "own"),)),
        Part("strength", (strength.value,)),
        Part("remedies", ("warn", "mark", "unlist", "edit", "delete"), several=True),
        Part("consequence", ("none", *consequences), several=True),
    )


#: Article 17(3)(f), Article 16(5): an appeal to the community, a certified body, a court.
_AGAINST_IT = (
    Part("redress", ("internal", "settlement", "court"), several=True),
    Part("appeal_until", only=(("redress", "internal"),)),
)
_MEASURE = Part("measure", MEASURES, several=True)

_RESULT = (
    Part("result", ("upheld", "changed", "lifted")),
    Part("measure", MEASURES, several=True, only=(("result", "changed"),)),
    Part("why"),
    *_AGAINST_IT,
)

#: The letter of each strength in which moderators ask for something (R074 to R076).
COOPERATIVE: Mapping[Strength, str] = MappingProxyType(
    {Strength.MAY: "suggestion", Strength.SHOULD: "recommendation", Strength.SHALL: "mandatory"}
)

#: Parts no letter of that name may go without.
REQUIRED: Mapping[tuple[Audience, str], tuple[Part, ...]] = MappingProxyType(
    {
        **{(Audience.RECIPIENT, name): _cooperative(strength) for strength, name in COOPERATIVE.items()},
        (Audience.RECIPIENT, "disengage"): (
            _ROLE,
            Part("strength", (Strength.SHALL.value,)),
            Part("consequence", ("none", *MEASURES), several=True),
        ),
        (Audience.RECIPIENT, "problem_post"): (
            _ROLE,
            *(Part(each) for each in ("post_day", "reading", "rule", "link")),
            Part("strength", tuple(each.value for each in Strength)),
            Part("ask", ("cw", "edit", "redraft", "delete", "redact", "retract")),
        ),
        (Audience.MEMBER, "direct_words"): (
            *(Part(each) for each in ("post_day", "reading", "rule")),
            Part("ask", ("cw", "edit", "redraft", "delete", "redact", "retract")),
        ),
        (Audience.RECIPIENT, "apology_request"): (_ROLE, Part("post_day"), Part("moment")),
        (Audience.RECIPIENT, "mediation_offer"): (_ROLE, Part("who"), Part("moment")),
        (Audience.MEMBER, "mediation_offer"): (Part("alias"), Part("who"), Part("moment")),
        (Audience.RECIPIENT, "demand"): (_ROLE, Part("text")),
        (Audience.ROOM, "demand"): (Part("who"), Part("text")),
        (Audience.ROOM, "stop_order"): (Part("moment"),),
        (Audience.RECIPIENT, "decision"): (
            _ROLE,
            _MEASURE,  # Article 17(3)(a), with territory and duration
            Part("territory", ("server", "room", "rooms", "everywhere")),
            Part("term", ("limited", "permanent", "once")),
            Part("until", only=(("term", "limited"),)),
            Part("facts"),  # (b), with what led to it
            Part("trigger", ("notice", "own")),
            Part("automation", ("none", "detection")),  # (c); no program decides (R131)
            Part("ground", ("law", "rules")),  # (d) or (e), with the words of it and why they apply (R045)
            Part("rule"),
            Part("why"),
            *_AGAINST_IT,  # (f)
        ),
        (Audience.RECIPIENT, "measure_over"): (_MEASURE, Part("day")),
        (Audience.RECIPIENT, "appeal_received"): (Part("day"), Part("wait")),
        (Audience.RECIPIENT, "appeal_decided"): _RESULT,
        (Audience.MEMBER, "report_received"): (Part("alias"), Part("wait")),
        (Audience.MEMBER, "holding_note"): (Part("alias"), Part("moment")),
        (Audience.MEMBER, "decision"): (
            Part("alias"),
            Part("detail", ("none", "generic", "full")),
            Part("result", ("no_violation", "settled", "acted")),
            Part("measure", MEASURES, several=True, only=(("detail", "full"), ("result", "acted"))),
            Part("why", only=(("detail", "full"),)),
            *_AGAINST_IT,
        ),
        (Audience.MEMBER, "appeal_received"): (Part("alias"), Part("day"), Part("wait")),
        (Audience.MEMBER, "appeal_decided"): (Part("alias"), *_RESULT),
        (Audience.STAFF, "ballot"): (
            *(Part(each) for each in ("alias", "charge", "voters", "needed", "due", "steps")),
            _MEASURE,
        ),
        (Audience.STAFF, "ballot_result"): (
            *(Part(each) for each in ("alias", "yes", "no", "abstained")),
            Part("result", ("accepted", "refused", "tied", "too_few", "halted")),
        ),
        (Audience.STAFF, "vote_counted"): (
            Part("alias"),
            Part("vote", ("yes", "no", "abstain", "other", "exception_yes", "exception_no")),
        ),
    }
)


def check_parts(audience: Audience, letter: Letter) -> None:
    """Raises `IncompleteLetter`, naming the first part that is missing or is none of its words."""
    for part in REQUIRED.get((audience, letter.name), ()):
        if detail := part.lacks(letter.values):
            raise IncompleteLetter(f"{audience}/{letter.name}", part.name, detail)
