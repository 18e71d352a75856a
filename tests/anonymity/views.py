"""The View of T1: everything observable by anyone but the reporter, their server and the bot's operators, as bytes.

What is left out is named by four rules, none of which can hide a leak:
- the bot reading its own mailbox: `GET /sync` with presence offline, the gap that an answer left (`GET …/messages`),
  and `GET /notifications`, in exactly their form;
- requests within a room that holds the reporter and the bot alone, and private posts whose one reader is the reporter;
- requests of people, which are no requests of the bot.
- keys: those the bot uploads, which its own server alone is told, and what it asks about or gives to devices of the
  reporter, or of mia, who may be one. Of what is sealed the words are compared, their number and size (`opened`).
Ids are numbered by the recorders; those of the reporter's side are passed as foreign and keep their own names.
"""

from __future__ import annotations

from tests.anonymity import eyes, fediverse_view, matrix_view
from tests.anonymity.stage import Stage
from tests.recorder import Recorded, view


async def take(stage: Stage) -> bytes:
    """The whole View, with times. Those of a run moved by k slots are moved back by k slots (T1b).

    What the bot reads of its own servers' copies while a reporter talks stays in, but at no time: only operators see
    it. What leaves those servers, and all that is written, keeps its own time.
    """
    whole = await matrix_view.take(stage) + b"\n" + await fediverse_view.take(stage)
    return whole.replace(stage.suffix.encode(), b"")


async def of_staff(stage: Stage) -> bytes:
    """What stands in the staff room; the random name of a case is replaced by its number in order of appearance."""
    opener = matrix_view.opener_of(stage)
    seen = [opener.seen(one) for one in await eyes.staff_side(stage)]
    for event in seen:
        event["content"].pop("size", None)  # with the name of the case the length of its name is drawn by chance
    said = [(event["content"].get("says") or event)["content"] for event in seen]
    names = dict.fromkeys(content.get("community.outreach", {}).get("case", "") for content in said)
    whole = view([Recorded(0, "staff", "SEES", "", [], [], one) for one in seen]).decode()
    for number, name in enumerate(filter(None, names)):
        whole = whole.replace(name, f"case-{number}")
    return whole.replace(stage.suffix, "").encode()
