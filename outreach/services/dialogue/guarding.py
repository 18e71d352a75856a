"""Who may ask and be asked, as far as a member may know (F13, F21, F22): the first guard that holds names its letter.

Knows nothing of what must stay hidden from members: opt-outs, blocks and quotas of an author.
"""

from __future__ import annotations

from dataclasses import dataclass

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation, Post, Sight, Visibility
from outreach.ports import Incoming
from outreach.ports.store import Conversation, Transaction
from outreach.services.settings import Settings


@dataclass(frozen=True, slots=True)
class Guards:
    """Says no, by the name of a letter."""

    settings: Settings

    def refusal(self, tx: Transaction, member: Conversation, seen: Observation, post: Post) -> str | None:
        """The letter that ends this draft kindly, None if it may go on."""
        policy = self.settings.policy
        if seen.sight is not Sight.SEEN:
            return "post_unseen"
        if post.author.key in self.settings.bots:
            return "post_mine"
        if post.author.same_as(member.account):
            return None
        if policy.who_may_be_asked == "local" and not (seen.author_local or self._shares_room(post)):
            return "post_elsewhere"
        if seen.author_reads_along:
            return "reads_along"
        if seen.author_declines_bots:
            return "declines_bots"
        if seen.reporter_addressed or post.visibility is Visibility.DIRECT:
            return "answers_you"
        if seen.audience is not None and seen.audience < policy.refuse_below:
            return "too_few_see_it"
        return "too_many_open" if self._too_many(tx, member) else None

    def _shares_room(self, post: Post) -> bool:
        return post.platform is Platform.MATRIX and post.room in self.settings.community_rooms

    def is_staff(self, tx: Transaction, author: Account) -> bool:
        """Whether the author is one of the moderators."""
        return self.settings.is_staff(author, frozenset(tx.registers.enrolled()))

    def _too_many(self, tx: Transaction, member: Conversation) -> bool:
        cases = ((link, tx.cases.load(link.case)) for link in tx.links.of_member(member.id))
        posts = ((link, case) for link, case in cases if case is not None and case.concern is None)
        still = [1 for link, case in posts if case.request(link.request).open]
        return len(still) >= self.settings.policy.open_per_member

    def is_from_elsewhere(self, account: Account) -> bool:
        """F13, as far as the handle alone tells; who is in a community's room, only the errand can see."""
        fediverse = account.platform is Platform.FEDIVERSE
        return fediverse and self.settings.policy.who_may_ask == "local" and not self.settings.is_local(account)

    def too_new(self, incoming: Incoming) -> str | None:
        """Seconds until an account is old enough, None if it is."""
        age = self.settings.policy.min_account_age
        if incoming.joined_at is None or incoming.at is None or incoming.at - incoming.joined_at >= age:
            return None
        return str(int((incoming.joined_at + age - incoming.at).total_seconds()))
