"""A reverse proxy between bot and server: records what the bot does, breaks what it is told to break.

A client on aiohttp (matrix-nio is one) silently repeats GET, PUT and DELETE once on a lost connection: to let
it see `lost_answer` or `lost_request`, inject it twice.
"""

from tests.recorder.faults import Fault, bad_gateway, cut, delay, lost_answer, lost_request, rate_limited
from tests.recorder.proxy import Recorder
from tests.recorder.view import Recorded, view

__all__ = [
    "Fault",
    "Recorded",
    "Recorder",
    "bad_gateway",
    "cut",
    "delay",
    "lost_answer",
    "lost_request",
    "rate_limited",
    "view",
]
