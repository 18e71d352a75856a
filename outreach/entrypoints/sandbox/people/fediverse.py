"""A person on any server that speaks Mastodon's client API.

Does with their token what a person does with an app, and waits for what they expect by asking for mentions
all the while. No media, no streams, no moderation.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from outreach.entrypoints.sandbox.people.http import Caller
from outreach.entrypoints.sandbox.people.plain import plain
from outreach.entrypoints.sandbox.people.transcript import Transcript

_BETWEEN_POLLS_SECONDS = 0.04
_PAGE = 40
Json = dict[str, Any]


@dataclass(frozen=True)
class Post:
    """`text` is what a reader sees; `author` is the handle as this server writes it."""

    id: str
    author: str
    text: str
    url: str
    visibility: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    in_reply_to: str | None
    mentions: tuple[str, ...]
    edited: bool
    html: str

    def __str__(self) -> str:
        return f"{self.id} @{self.author} ({self.visibility}): {self.text!r}"


Wanted = str | Callable[[Post], bool]


class FediversePerson:
    def __init__(self, base_url: str, access_token: str) -> None:
        self.id = ""
        self.handle = ""
        self.transcript: Transcript[Post] = Transcript("a person", str)
        self._caller = Caller(base_url, access_token)
        self._newest = "0"

    async def __aenter__(self) -> Self:
        await self._caller.open()
        try:
            me = await self._caller.call("GET", "/api/v1/accounts/verify_credentials")
        except BaseException:
            await self._caller.close()
            raise
        self.id, self.handle = me["id"], me["acct"]
        self.transcript = Transcript(f"@{self.handle}", str)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._caller.close()

    # --- hearing

    async def hear(self, wanted: Wanted = "", *, within: float = 10, sender: str | None = None) -> Post:
        """The first mention of this person (by `sender`), not heard yet, that holds the text or fits."""
        return await self.transcript.expect(_fits(wanted, sender), within, _named(wanted), self._ask)

    async def hear_nothing(self, wanted: Wanted = "", *, during: float = 0.5, sender: str | None = None) -> None:
        await self.transcript.expect_none(_fits(wanted, sender), during, _named(wanted), self._ask)

    async def inbox(self) -> list[Post]:
        """Every mention so far, oldest first."""
        await self._fetch()
        return list(self.transcript.entries)

    async def notifications(self) -> list[Json]:
        """The newest page, of every type, newest first, as the server gives it."""
        found: list[Json] = await self._caller.call("GET", "/api/v1/notifications", query={"limit": _PAGE})
        return found

    # --- posting

    async def post(
        self,
        text: str,
        *,
        visibility: str = "public",
        spoiler_text: str | None = None,
        sensitive: bool | None = None,
        language: str | None = None,
        in_reply_to_id: str | None = None,
    ) -> Post:
        body = {
            "status": text,
            "visibility": visibility,
            "spoiler_text": spoiler_text,
            "sensitive": sensitive,
            "language": language,
            "in_reply_to_id": in_reply_to_id,
        }
        return _post(await self._caller.call("POST", "/api/v1/statuses", _given(body)))

    async def dm(self, handle: str, text: str, *, language: str | None = None) -> Post:
        return await self.post(f"@{handle} {text}", visibility="direct", language=language)

    async def reply(self, to: Post, text: str, *, language: str | None = None) -> Post:
        """Addressed by handle, as every app does it: on Mastodon the reply link alone delivers nothing."""
        return await self.post(
            f"@{to.author} {text}", visibility=to.visibility, language=language, in_reply_to_id=to.id
        )

    async def edit(
        self, post: str, text: str, *, spoiler_text: str | None = None, sensitive: bool | None = None
    ) -> Post:
        body = _given({"status": text, "spoiler_text": spoiler_text, "sensitive": sensitive})
        return _post(await self._caller.call("PUT", f"/api/v1/statuses/{post}", body))

    async def delete(self, post: str) -> None:
        await self._caller.call("DELETE", f"/api/v1/statuses/{post}")

    async def status(self, post: str) -> Post:
        return _post(await self._caller.call("GET", f"/api/v1/statuses/{post}"))

    async def favourite(self, post: str) -> None:
        await self._caller.call("POST", f"/api/v1/statuses/{post}/favourite")

    # --- people

    async def account_id(self, handle: str) -> str:
        found = await self._caller.call("GET", "/api/v1/accounts/lookup", query={"acct": handle})
        return str(found["id"])

    async def follow(self, handle: str) -> None:
        await self._toward(handle, "follow")

    async def unfollow(self, handle: str) -> None:
        await self._toward(handle, "unfollow")

    async def block(self, handle: str) -> None:
        await self._toward(handle, "block")

    async def unblock(self, handle: str) -> None:
        await self._toward(handle, "unblock")

    async def _toward(self, handle: str, act: str) -> None:
        await self._caller.call("POST", f"/api/v1/accounts/{await self.account_id(handle)}/{act}")

    # --- below

    async def _ask(self) -> None:
        if not await self._fetch():
            await asyncio.sleep(_BETWEEN_POLLS_SECONDS)

    async def _fetch(self) -> bool:
        """`min_id`, not `since_id`: with more than a page of news the latter skips the oldest."""
        before = len(self.transcript.entries)
        while page := await self._page():
            for note in reversed(page):
                self._newest = note["id"]
                if note["status"]:  # null once the post is deleted
                    self.transcript.add(_post(note["status"]))
        return len(self.transcript.entries) > before

    async def _page(self) -> list[Json]:
        query: dict[str, str | int] = {"types[]": "mention", "min_id": self._newest, "limit": _PAGE}
        found: list[Json] = await self._caller.call("GET", "/api/v1/notifications", query=query)
        return found


def _post(status: Json) -> Post:
    return Post(
        id=status["id"],
        author=status["account"]["acct"],
        text=plain(status["content"]),
        url=status["url"] or status["uri"],
        visibility=status["visibility"],
        spoiler_text=status["spoiler_text"],
        sensitive=status["sensitive"],
        language=status["language"],
        in_reply_to=status["in_reply_to_id"],
        mentions=tuple(mention["acct"] for mention in status["mentions"]),
        edited=bool(status["edited_at"]),
        html=status["content"],
    )


def _fits(wanted: Wanted, sender: str | None) -> Callable[[Post], bool]:
    def fits(post: Post) -> bool:
        if sender not in (None, post.author):
            return False
        return wanted in post.text if isinstance(wanted, str) else wanted(post)

    return fits


def _named(wanted: Wanted) -> str:
    return f"a mention with {wanted!r}" if isinstance(wanted, str) else "a mention that fits"


def _given(body: Json) -> Json:
    return {key: value for key, value in body.items() if value is not None}
