"""The one subclass of Mastodon.py, for what it lacks: any call, any parameter, the server's answer as it was.

Every request goes through the library's own request function, and its answer is read here as plain JSON: the
library's types turn missing fields into None, times into local time, and drop the body of an error (section 2).
It judges nothing beyond "answered, refused, or not heard". A redirect is not followed: no other host is ever asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

import requests
from mastodon import Mastodon
from mastodon.errors import MastodonError, MastodonNetworkError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

TIMEOUT = 15
_AGENT = "outreach"
_NOISY = ("urllib3", "requests", "mastodon", "charset_normalizer", "aiohttp.client")


class Refused(Exception):
    """The server answered with anything but success."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"refused with {status}")
        self.status, self.words, self.headers = status, words, headers


class Unanswered(Exception):
    """No usable answer. `sent` is False only where the request certainly never left."""

    def __init__(self, sent: bool) -> None:
        super().__init__("no answer")
        self.sent = sent


class _OneHost(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class Client(Mastodon):
    """One per thread. Without a token it asks as a stranger."""

    def __init__(self, server: str, token: str | None) -> None:
        _hush()
        super().__init__(
            api_base_url=server,
            ratelimit_method="throw",
            request_timeout=TIMEOUT,
            version_check_mode="none",
            session=_OneHost(),
            user_agent=_AGENT,
        )
        self.access_token = token  # not by the constructor: it would read a file of that name
        self._answer: requests.Response | None = None
        self.session.hooks["response"].append(self._keep)

    def ask(self, method: str, path: str, params: Mapping[str, Any], key: str = "") -> Any:
        """The JSON of a success. Raises `Refused` or `Unanswered`, and nothing else."""
        self._taken()
        sent = self._send(method, path, dict(params), {"Idempotency-Key": key} if key else {})
        answer = self._taken()
        if answer is None:
            raise Unanswered(sent)
        return _body(answer)

    def _send(self, method: str, path: str, params: dict[str, Any], headers: dict[str, str]) -> bool:
        try:
            cast(Any, self)._Mastodon__api_request(  # name-mangled, but the only hook there is
                method, path, params, headers=headers, use_json=method in ("POST", "PATCH"),
                return_response_object=True, skip_error_check=True, do_ratelimiting=False,
            )  # fmt: skip
        except MastodonNetworkError as error:
            self._taken()
            return not _never_left(error.__context__)
        except (MastodonError, ValueError, TypeError, AttributeError, RecursionError):
            pass  # raised after the answer came (429, odd error bodies); the answer itself is kept
        return True

    def _taken(self) -> requests.Response | None:
        answer, self._answer = self._answer, None
        return answer

    def _keep(self, response: requests.Response, **_: object) -> None:
        response.headers.pop("deprecation", None)  # the library would warn aloud, with the path and its ids
        self._answer = response


def _body(answer: requests.Response) -> Any:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        body = None
    if 200 <= answer.status_code < 300:
        if body is None:
            raise Unanswered(sent=True)
        return body
    words = body.get("error") if isinstance(body, dict) else ""
    raise Refused(answer.status_code, words if isinstance(words, str) else "", answer.headers)


def _never_left(cause: BaseException | None) -> bool:
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _hush() -> None:
    """These write URLs, and so ids and handles, at DEBUG and WARNING (leak 25)."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
