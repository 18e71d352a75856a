"""Words to one moderator alone, where a room may be no place for them (F18, F30). Chooses no words."""

from __future__ import annotations

from outreach.domain.identity import Account, ConversationId, Role
from outreach.domain.letters import Audience, Letter
from outreach.ports import Chance, Place
from outreach.ports.store import Address, Conversation, Enclosure, Outbound, Transaction


def whisper(
    tx: Transaction, chance: Chance, to: Account, letter: Letter, enclosures: tuple[Enclosure, ...] = ()
) -> None:
    """Queue it for their private chat with the bot, which is opened if there is none."""
    known = tx.conversations.of_member(to)
    if known is None:
        made = Conversation(ConversationId(chance.token()), to.platform, Role.MEMBER, to, Place())
        known = tx.conversations.save(made)
    address = Address(conversation=known.id)
    tx.outbox.add(
        Outbound(address, Audience.STAFF, letter, chance.token(), lane=known.id, enclosures=enclosures, urgent=True)
    )
