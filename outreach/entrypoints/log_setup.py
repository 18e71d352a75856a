"""Logs for operators, on stderr: words of ours with allow-listed fields, and never a message of anybody else (leak 25).

A library's own record becomes its logger, level and code location; an exception its type and code location (leak 26).
Decides nothing about what is worth logging.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

# structlog loads Rich for its coloured tracebacks where it finds it; `run` never does (design, section 3).
if "rich" in sys.modules:
    import structlog
else:
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog

    del sys.modules["rich"]

#: Every field a log line may have. What names a person, a post or a text is not among them.
# fmt: off
FIELDS = frozenset({
    "event", "level", "timestamp", "logger", "dropped", "where", "error", "action", "alias", "attempt", "branch",
    "case", "column", "count", "delay", "error_class", "generation", "kind", "letter", "language", "outcome",
    "permanent", "platform", "port", "queue", "reason_code", "revision", "seconds", "signal", "source", "stage",
    "state", "status", "strength", "table", "task", "timer", "version",
})
# fmt: on
#: Values are words, numbers, codes: no space, slash, @, ! or # in them, so no handle, id, link or sentence fits.
_WORD = re.compile(r"[\w.:+-]{1,80}", re.ASCII)
_EVENT = re.compile(r"[\w.:+ ,'()-]{1,120}", re.ASCII)
_SILENT = ("nio", "peewee", "mastodon", "urllib3", "aiohttp", "aiohttp_socks", "requests")
_OURS = "outreach"

Fields = MutableMapping[str, Any]


def configure(*, level: str = "INFO", as_json: bool = False, stream: TextIO | None = None) -> None:
    """Set up all logging of this process, ours and the libraries', and the hooks for what nobody caught."""
    target = stream or sys.stderr
    structlog.configure(
        processors=[*_processors(), _renderer(as_json=as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: _Lines(target),
        cache_logger_on_first_use=False,
    )
    _quieten_libraries()
    _catch_the_uncaught()


def describe(error: BaseException) -> str:
    """An exception as type and code location; its message may hold anything and is left out."""
    return f"{type(error).__name__} at {location(error.__traceback__)}"


def location(trace: TracebackType | None) -> str:
    """`module:line` of the innermost frame of ours, else of the innermost frame."""
    found = last = "unknown"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "unknown"))
        last = f"{module}:{trace.tb_lineno}"
        found = last if module.split(".")[0] == _OURS else found
        trace = trace.tb_next
    return last if found == "unknown" else found


def _processors() -> list[Callable[[Any, str, Fields], Fields]]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _exceptions_to_locations,
        _keep_allowed,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderer(*, as_json: bool) -> Callable[[Any, str, Fields], str | bytes]:
    if as_json:
        return structlog.processors.JSONRenderer(sort_keys=True)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)


def _exceptions_to_locations(_logger: Any, _method: str, fields: Fields) -> Fields:
    found = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        fields["error"], fields["where"] = type(error).__name__, location(error.__traceback__)
    return fields


def _keep_allowed(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Drop what is not on the list or is no plain word, and name what was dropped."""
    kept = {name: value for name, value in fields.items() if _allowed(name, value)}
    dropped = sorted(name for name in fields if name not in kept and _WORD.fullmatch(name))
    if dropped:
        kept["dropped"] = ",".join(dropped)
    kept.setdefault("event", "unnamed")
    return kept


def _allowed(name: str, value: object) -> bool:
    if name not in FIELDS:
        return False
    if isinstance(value, str):
        return bool((_EVENT if name == "event" else _WORD).fullmatch(value))
    return isinstance(value, bool | int | float)


class _Lines:
    """Writes lines; that nobody reads them any more is no reason to stop the bot."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        """One line."""
        with suppress(OSError, ValueError):
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = write


class _Forwarder(logging.Handler):
    """Passes warnings of the standard library on without their messages."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Name the place; the exception's place where there is one."""
        say = structlog.get_logger().error if record.levelno >= logging.ERROR else structlog.get_logger().warning
        say("library", logger=record.name, where=f"{record.module}:{record.lineno}", exc_info=record.exc_info)


def _quieten_libraries() -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Forwarder()]
    root.setLevel(logging.WARNING)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(logging.NOTSET if name not in _SILENT else logging.CRITICAL)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(True)


def _catch_the_uncaught() -> None:
    sys.excepthook = lambda _kind, error, _trace: _report("uncaught", error)
    sys.unraisablehook = lambda args: _report("unraisable", args.exc_value)
    threading.excepthook = lambda args: _report("thread died", args.exc_value)


def _report(event: str, error: BaseException | None) -> None:
    structlog.get_logger().critical(event, exc_info=error)
