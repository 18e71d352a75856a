"""From a link to a confirmed request: one question at a time, each with a kind way out. Sends nothing to anybody else.

What a member must never learn (opt-outs, blocks, quotas of the author) is not asked here (F20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.domain.asks import Ask
from outreach.domain.draft import Draft, Step
from outreach.domain.identity import Platform
from outreach.domain.inputs import Concern
from outreach.domain.letters import Audience, Letter
from outreach.domain.policy import longest_wait, next_slot
from outreach.domain.posts import Observation, Post, has_it_already
from outreach.ports import Incoming, Renderer
from outreach.ports.store import Conversation, Enclosure, Errand, Transaction
from outreach.services.casework import Casework
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.guarding import Guards
from outreach.services.dialogue.reading import Reading
from outreach.services.languages import of_author
from outreach.services.settings import NOTICE_VERSION, Settings

MOST_LINKS = 5

#: So many words may be a label or an ask that is unknown; more of them are somebody talking.
_SHORT = 3

#: What the numbers of the first menu stand for.
_MENU = {1: Ask.CW, 2: Ask.ALT_TEXT, 3: Ask.SENSITIVE}
_MENU_REDACT = {1: Ask.EDIT, 2: Ask.REDACT}
_CHANGE = {1: Ask.EDIT, 2: Ask.READABLE_TAGS, 3: Ask.CAPTIONS, 4: Ask.UNLIST, 5: Ask.DELETE, 6: Ask.RETRACT}


@dataclass(frozen=True, slots=True)
class Drafting:
    """Leads a draft to its preview."""

    settings: Settings
    answers: Answers
    casework: Casework
    renderer: Renderer
    guards: Guards

    def begin(self, tx: Transaction, member: Conversation, said: Reading, incoming: Incoming) -> None:
        """A message with a link starts a request."""
        if len(said.links) > MOST_LINKS:
            return self.answers.reply(tx, member, "too_many_links", most=str(MOST_LINKS))
        draft = _wished(Draft(Step.NOTICE, links=said.links), said)
        if self.guards.is_from_elsewhere(member.account):
            return self.answers.reply(tx, self.answers.drop(tx, member), "may_not_ask")
        if (refusal := self.guards.too_new(incoming)) is not None:
            return self.answers.reply(tx, member, "too_new", wait=refusal)
        if member.notice < NOTICE_VERSION:
            self.answers.ask(tx, member, draft, "notice")
            return None
        return self.agreed(tx, member, draft)

    def agreed(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """On with the request. Where looking asks another server the menu comes first: danger is not looked at."""
        if len(draft.links) > 1 or self._known(draft.links):
            return self.look(tx, member, draft)
        return self.advance(tx, member, draft)

    def look(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """Have the post looked at; one that our server may not know is asked for on a fixed grid (F7)."""
        now = self.answers.clock.now()
        at = now if self._known(draft.links) else next_slot(now, self.settings.policy.look_grid)
        member = self.answers.keep(tx, member, replace(draft, step=Step.LOOKING, text=at.isoformat()))
        tx.outbox.add_errand(Errand("look", {"links": "\n".join(draft.links)}, conversation=member.id, not_before=at))
        if at - now > timedelta(seconds=30):
            self.look_later(tx, member, at.isoformat())

    def look_later(self, tx: Transaction, member: Conversation, moment: str) -> None:
        """When the look will be; said again to whoever writes before."""
        self.answers.reply(tx, member, "look_later", moment=moment)

    def looks_for(self, member: Conversation, links: Sequence[str]) -> bool:
        """Whether a look is still wanted: the draft may have been dropped, or begun anew with another link."""
        draft = member.draft
        return draft is not None and draft.step is Step.LOOKING and draft.links == tuple(links)

    def _known(self, links: Sequence[str]) -> bool:
        """Whether no foreign server is asked by looking: a message in a room, or a post of the bot's own server."""
        return all(
            _is_message(link) or (_host(link) in self.settings.hosts and "@" not in _author(link)) for link in links
        )

    # what the look brought

    def looked(
        self, tx: Transaction, member: Conversation, seen: Sequence[Observation | None], *, eligible: bool
    ) -> None:
        """The errand's answer: the first guard that holds ends the draft kindly, else the next question follows."""
        draft = member.draft
        if draft is None or draft.step is not Step.LOOKING:
            return None
        posts = [one.post for one in seen if one is not None and one.post is not None]
        if not eligible:
            return self._end(tx, member, "may_not_ask")
        if None in seen:
            return self._end(tx, member, "room_not_ours")
        if not posts or len(posts) < len(seen):
            return self._end(tx, member, "post_unseen")
        if len({post.author.key for post in posts}) > 1:
            return self._end(tx, member, "several_authors")
        if len({post.uri for post in posts}) > 1:
            links = tuple(dict.fromkeys(post.link for post in posts))
            self.answers.ask(tx, member, Draft(Step.BEHAVIOUR, links=links), "behaviour")
            return None
        first = seen[0]
        assert first is not None  # noqa: S101
        return self._guard(tx, member, draft, first, posts[0])

    def _guard(self, tx: Transaction, member: Conversation, draft: Draft, seen: Observation, post: Post) -> None:
        remote = not seen.author_local
        if (standing := self._asked_already(tx, member, draft, post)) is not None:
            return self.answers.reply(tx, self.answers.drop(tx, member), "status", (standing,), now="several")
        if (letter := self.guards.refusal(tx, member, seen, post)) is not None:
            if letter == "too_many_open":
                return self._end(tx, member, letter, most=str(self.settings.policy.open_per_member))
            return self._end(tx, member, letter)
        draft = replace(
            draft,
            text="",
            post=post,
            audience=seen.audience,
            remote=remote,
            author_is_staff=self.guards.is_staff(tx, post.author),
            passed=draft.passed | ({"practice"} if post.author.same_as(member.account) else frozenset()),
        )
        return self.advance(tx, member, draft)

    def _end(self, tx: Transaction, member: Conversation, name: str, **values: str) -> None:
        self.answers.reply(tx, self.answers.drop(tx, member), name, **values)

    # one question at a time

    def advance(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """Put the first question that is still open; the last one is the preview."""
        post = draft.post
        if post is None:
            return self._before_looking(tx, member, draft)
        few = draft.audience is not None and draft.audience < self.settings.policy.warn_below
        if few and _new(draft, "audience"):
            self.answers.ask(
                tx, member, replace(draft, step=Step.AUDIENCE), "audience_question", audience=str(draft.audience)
            )
        elif self._is_old(post) and _new(draft, "old"):
            self.answers.ask(tx, member, replace(draft, step=Step.OLD), "old_question", post_day=post.day)
        elif draft.ask is None:
            self._menu(tx, member, draft, post)
        elif self._never(draft):
            self._decline(tx, member, draft)
        elif draft.ask not in self._asks_for(post):
            asks = " ".join(sorted(self._asks_for(post)))
            self.answers.ask(tx, member, replace(draft, ask=None, step=Step.MENU), "ask_not_here", asks=asks)
        elif draft.ask is Ask.CW and not draft.label:
            self._label_menu(tx, member, draft)
        elif (standing := self._asked_already(tx, member, draft, post)) is not None:
            self.answers.reply(tx, self.answers.drop(tx, member), "status", (standing,), now="several")
        elif has_it_already(draft.ask, post):
            self._end(tx, member, "post_has_it", **_about(post), **self._asked(draft), warning=post.warning)
        elif self.settings.profile.lived(draft.label) and draft.ask is Ask.CW and _new(draft, "lived"):
            self.answers.ask(tx, member, replace(draft, step=Step.LIVED), "lived_question", label=draft.label)
        else:
            self._preview(tx, member, draft, post)
        return None

    def _before_looking(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        if draft.ask is None:
            self._menu(tx, member, draft, None)
        elif self._never(draft):
            self._decline(tx, member, draft)
        elif draft.ask is Ask.CW and not draft.label:
            self._label_menu(tx, member, draft)
        else:
            self.look(tx, member, draft)

    def _asked_already(self, tx: Transaction, member: Conversation, draft: Draft, post: Post) -> Enclosure | None:
        """The status of this member's own open request for the same, instead of a second one."""
        for link in tx.links.of_member(member.id):
            case = tx.cases.load(link.case)
            if case is None or case.post is None or not case.request(link.request).open:
                continue
            if (case.post.uri, case.ask, case.label) == (post.uri, draft.ask, draft.label):
                line = self.casework.casebook.status(case, case.request(link.request), link.alias)
                return Enclosure("lines", Audience.MEMBER, line, self.languages(member))
        return None

    def languages(self, member: Conversation) -> tuple[str, ...]:
        """In which languages their words are understood: their own, then the community's."""
        return tuple(dict.fromkeys((*filter(None, (member.language,)), *self.settings.languages)))

    def again(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """The question put again, to a line that did not answer it. False where no question waits."""
        match draft.step:
            case Step.NOTICE:
                self.answers.ask(tx, member, draft, "notice")
            case Step.LOOKING:
                self.look_later(tx, member, draft.text)
            case Step.MENU if draft.post is not None and _names_something(said):
                asks = " ".join(sorted(self._asks_for(draft.post)))
                self.answers.ask(tx, member, draft, "unknown_ask", word=said.words, asks=asks)
            case Step.MENU | Step.LABEL | Step.LIVED | Step.AUDIENCE | Step.OLD:
                self.advance(tx, member, draft)
            case Step.CHANGE:
                self.answers.ask(tx, member, draft, "change_menu")
            case Step.BEHAVIOUR:
                self.answers.ask(tx, member, draft, "behaviour")
            case _:
                return False
        return True

    def _asks_for(self, post: Post) -> frozenset[Ask]:
        """What this very post can fulfil: nobody can describe or hide a picture that is not there."""
        possible = self.settings.profile.asks_on(post.platform)
        return possible if post.media else possible - {Ask.ALT_TEXT, Ask.SENSITIVE, Ask.CAPTIONS}

    def _asked(self, draft: Draft) -> dict[str, str]:
        assert draft.ask is not None  # noqa: S101
        strength = draft.strength or self.settings.profile.strength_of(draft.ask, draft.label)
        return {"ask": str(draft.ask), "label": draft.label, "strength": str(strength)}

    def _never(self, draft: Draft) -> bool:
        return draft.ask is not None and self.settings.profile.never_asks(draft.ask, draft.label)

    def _decline(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """The community wants nobody to be asked that: back to the question before, with a kind sentence."""
        if draft.ask is Ask.CW and not self.settings.profile.never_asks(Ask.CW):
            labels = " ".join(self.settings.profile.label_names)
            open_again = replace(draft, label="", word="", step=Step.LABEL)
            self.answers.ask(tx, member, open_again, "never_asked", ask="", label=draft.label, labels=labels)
        else:
            open_again = replace(draft, ask=None, label="", word="", step=Step.MENU)
            self.answers.ask(tx, member, open_again, "never_asked", ask=str(draft.ask), label="", labels="")

    def _is_old(self, post: Post) -> bool:
        return date.fromisoformat(post.day) < (self.answers.clock.now() - self.settings.policy.old_post).date()

    def _menu(self, tx: Transaction, member: Conversation, draft: Draft, post: Post | None) -> None:
        about = _about(post) if post is not None else {}
        name = "menu_redact" if about.get("platform") == Platform.MATRIX else "menu"
        self.answers.ask(tx, member, replace(draft, step=Step.MENU), name, **about)

    def _label_menu(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        labels = " ".join(self.settings.profile.label_names)
        if draft.word:
            asked = replace(draft, step=Step.LABEL, word="")
            near = self.renderer.nearest_labels(draft.word, self.languages(member))
            labels = " ".join(label for label in near if label in labels.split()) or labels
            self.answers.ask(tx, member, asked, "unknown_label", word=draft.word, labels=labels)
        else:
            self.answers.ask(tx, member, replace(draft, step=Step.LABEL), "label_menu", labels=labels)

    def _preview(self, tx: Transaction, member: Conversation, draft: Draft, post: Post) -> None:
        assert draft.ask is not None  # noqa: S101
        draft = replace(draft, strength=self.settings.profile.strength_of(draft.ask, draft.label))
        letter = Letter("first_contact", first_contact_values(post, self._asked(draft)))
        tongues = of_author(post, "", self.settings, self.renderer)
        shown = Enclosure(
            "letter", Audience.RECIPIENT, letter, tongues.chain, "translation", "letter_language", sure=tongues.sure
        )
        if "practice" in draft.passed:
            plain = replace(shown, translation="", language_variable="")
            self.answers.reply(tx, self.answers.drop(tx, member), "practice", (plain,))
            return
        self.answers.ask(
            tx,
            member,
            replace(draft, step=Step.PREVIEW),
            "preview",
            (shown,),
            **_about(post),
            **self._asked(draft),
            wait=str(int(longest_wait(self.settings.policy).total_seconds())),
            audience="" if draft.audience is None else str(draft.audience),
            author_is_staff=self._staff_word(draft),
            remote="1" if draft.remote else "",
        )

    def _staff_word(self, draft: Draft) -> str:
        if not draft.author_is_staff:
            return ""
        return "1" if self.settings.alternate_room else "alone"

    # answers to the questions

    def chosen(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """An answer to the menu. False if the line is none."""
        on_matrix = draft.post is not None and draft.post.platform is Platform.MATRIX
        if said.number == 5:
            self._danger(tx, member, draft)
        elif said.number == 4 and not on_matrix:
            self.answers.ask(tx, member, replace(draft, step=Step.CHANGE), "change_menu")
        elif (ask := (_MENU_REDACT if on_matrix else _MENU).get(said.number)) is not None:
            label = said.label if ask is Ask.CW else ""
            self.advance(tx, member, replace(draft, ask=ask, label=label, word=said.unknown if not label else ""))
        elif said.ask is not None or said.hint:
            self.advance(tx, member, _wished(draft, said))
        else:
            return False
        return True

    def changed(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """An answer to the second menu. False if the line is none."""
        ask = _CHANGE.get(said.number) or said.ask
        if ask is None:
            return False
        self.advance(tx, member, replace(draft, ask=ask, label=said.label, word=""))
        return True

    def labelled(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """An answer to the label menu: a number of the list, or a word."""
        label = said.label or ("" if said.hint == Ask.CW else said.hint)
        if not label and said.ask not in (None, Ask.CW):
            self.advance(tx, member, replace(draft, ask=said.ask, label="", word=""))
        elif label or (said.unknown and not said.number and len(said.words.split()) <= _SHORT):
            self.advance(tx, member, replace(draft, label=label, word=said.unknown if not label else ""))
        else:
            return False
        return True

    def _danger(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        link = draft.post.link if draft.post else draft.links[0]
        _, alias = self.casework.call_help(tx, member, Concern.DANGER, link)
        self.answers.reply(tx, self.answers.drop(tx, member), "danger_called", alias=alias)


def _names_something(said: Reading) -> bool:
    """Whether a line seems to be the name of an ask that nobody knows, not talk, a number or another word of ours."""
    alone = not said.command and not said.words.isdecimal()
    return alone and bool(said.unknown) and len(said.words.split()) <= _SHORT


def _wished(draft: Draft, said: Reading) -> Draft:
    """With what a line says is wished for."""
    if said.ask is not None:
        return replace(draft, ask=said.ask, label=said.label, word=said.unknown)
    if said.hint:
        return replace(draft, ask=Ask.CW, label="" if said.hint == Ask.CW else said.hint, word="")
    return draft


def first_contact_values(post: Post, asked: Mapping[str, str]) -> dict[str, str]:
    """What the first letter says, the same for every reporter (T1)."""
    return {"platform": str(post.platform), "post_day": post.day, "link": post.link, **asked}


def _about(post: Post) -> dict[str, str]:
    author = post.author.address.lstrip("@")
    return {"platform": str(post.platform), "author": author, "post_day": post.day, "link": post.link}


def _new(draft: Draft, question: str) -> bool:
    return question not in draft.passed


def _host(link: str) -> str:
    return link.split("/")[2].lower() if link.count("/") >= 2 else ""


def _author(link: str) -> str:
    """The name in `/@name/ID`; with a server in it, it is our server's view of a foreign post."""
    return link.split("/")[3].removeprefix("@") if link.count("/") >= 3 else ""


def _is_message(link: str) -> bool:
    return link.startswith("matrix:") or _host(link) == "matrix.to"
