"""What a community wants nobody to be asked is kindly not asked, wherever in the dialogue it is wished for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dialogue.talk import People, begins, letter, publish, silent

pytestmark = pytest.mark.asyncio(loop_scope="package")

POLICY = """check_every = "36h"
[policy.never_ask]
labels = ["food", "mh"]
asks = ["delete"]
"""


async def test_a_label_and_an_ask_that_are_never_asked(make_town: Callable[..., Any]) -> None:
    town = await make_town(outreach=POLICY)
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    await ada.say(f"{link} cw food")
    (refused,) = await ada.say("agree")
    assert "nobody is asked for a warning “food”" in refused and begins(town, refused, "never_asked")
    assert "politics" in refused and "mental health" not in refused
    (again,) = await ada.say("food")
    assert again == refused
    (menu,) = await ada.say("I am not sure what to say here")
    assert begins(town, menu, "label_menu") and "food" not in menu
    (near,) = await ada.say("foood")
    assert "foood" in near and " food" not in near.replace("“foood”", "")
    (lived,) = await ada.say("politics")
    assert begins(town, lived, "lived_question")
    (preview,) = await ada.say("no")
    assert begins(town, preview, "preview") and "“politics”" in preview
    await ada.say("change")
    (change,) = await ada.say("4")
    assert begins(town, change, "change_menu")
    (refused,) = await ada.say("5")
    assert "nobody is asked for this: delete it" in refused
    (preview,) = await ada.say("1")
    assert begins(town, preview, "label_menu")
    assert letter(town, "cancelled") in " ".join((await ada.say("cancel"))[0].split())
    assert await silent(dave)
