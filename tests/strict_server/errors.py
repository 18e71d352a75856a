"""An API error is an exception with the server's own status and words.

It does not decide when to raise; every subject module does.
"""

from __future__ import annotations

from .flavours import Flavour, Json


class ApiError(Exception):
    def __init__(self, status: int, error: str, **more: object) -> None:
        super().__init__(status, error)
        self.status = status
        self.body: Json = {"error": error, **more}


def not_found(flavour: Flavour) -> ApiError:
    """404 stands for deleted, hidden, blocked and never existed alike; 410 is never used by the API."""
    return ApiError(404, flavour.missing)


def unauthorized(flavour: Flavour) -> ApiError:
    words = {
        "mastodon": "The access token is invalid",
        "gotosocial": "Unauthorized: token not supplied or invalid",
        "akkoma": "Invalid credentials.",
    }
    return ApiError(401, words[flavour.name])
