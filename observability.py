"""What operators see of a running process: log lines as JSON, metrics, and a health page.

Nothing personal gets there: a log line has ids only, and an exception is told by its type and the
places it went through, never by its text, because that may quote what somebody wrote.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

RECORDED = Counter(
    "traject_recordings_total",
    "Decisions given to the store, by its answer",
    ("process", "command", "outcome"),
    registry=REGISTRY,
)
RECORD_SECONDS = Histogram(
    "traject_record_seconds",
    "Time the store took to keep a decision",
    ("process",),
    buckets=SECONDS,
    registry=REGISTRY,
)
MAILS = Counter(
    "traject_mails_total",
    "Mails handed over, by the answer",
    ("answer",),
    registry=REGISTRY,
)
BEHIND = Gauge(
    "traject_projection_behind_events",
    "Events that a read model does not show yet",
    ("projection",),
    registry=REGISTRY,
)
BEHIND_SECONDS = Gauge(
    "traject_projection_behind_seconds",
    "How long the next event has been waiting for a read model",
    ("projection",),
    registry=REGISTRY,
)
PARKED = Gauge(
    "traject_projection_parked",
    "Cases that a read model cannot show",
    ("projection",),
    registry=REGISTRY,
)
UP = Gauge("traject_part_up", "Whether a part of this process runs", ("part",), registry=REGISTRY)

KEYS = ("tenant", "stream", "command_id")
"""On every line, also where there is none to tell."""

OWN = ("events.", "activities.", "worker")
"""Loggers whose arguments are ids, counts and types only."""

DROPPED = ("temporal_workflow", "temporal_activity", "exc_info", "stack_info", "positional_args")


def tell_lag(projection: str, events: int, seconds: float, parked: int) -> None:
    """How far a read model is behind, and how many cases it cannot show."""
    BEHIND.labels(projection).set(events)
    BEHIND_SECONDS.labels(projection).set(seconds)
    PARKED.labels(projection).set(parked)


def configure_logging(level: str = "INFO", stream: Any = None) -> None:
    """One JSON object a line on ``stream`` (stderr), for our own lines and all libraries'."""
    handler = logging.StreamHandler(stream or sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _told_by_type,
        _ids,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_quiet_foreign, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def bound(
    *, tenant: str | None, stream: str | None, command_id: str | None = None
) -> AbstractContextManager[Any]:
    """Within it every line of this task carries these ids."""
    return structlog.contextvars.bound_contextvars(
        tenant=tenant, stream=stream, command_id=command_id
    )


def _ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    about = event.get("temporal_workflow") or event.get("temporal_activity") or {}
    workflow = about.get("workflow_id")
    if workflow and event.get("stream") is None:
        event["stream"] = workflow.rpartition("/")[2]
    for key in DROPPED:
        event.pop(key, None)
    for key in KEYS:
        event.setdefault(key, None)
    return event


def _told_by_type(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """An exception as its type and the places it went through."""
    record = event.get("_record")
    info = event.get("exc_info") or (record.exc_info if record is not None else None)
    if record is not None:
        record.exc_info = record.exc_text = None
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        event["error"] = _chain(info[1])
        event["through"] = _places(info[2])
    return event


def _chain(error: BaseException) -> str:
    names: list[str] = []
    link: BaseException | None = error
    while link is not None and len(names) < 5:
        names.append(type(link).__name__)
        link = link.__cause__
    return " < ".join(names)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _quiet_foreign(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Libraries quote what they were given: of what they warn of only the head stays."""
    record = event["_record"]
    if record.name.startswith(OWN):
        return event
    if record.exc_info or record.levelno >= logging.WARNING:
        event["event"] = _head(record)
    return event


def _head(record: logging.LogRecord) -> str:
    text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    return text.split("\n", 1)[0].split("(", 1)[0].strip()[:120]


# -- health and metrics over HTTP ----------------------------------------------------------------

Health = Callable[[], Awaitable[dict[str, Any]]]
"""The parts of this process and how they are; every part is ``ok`` in a healthy one."""
More = Callable[[], Awaitable[bytes]]
"""Metrics in text form that are collected elsewhere."""


async def serve_probe(
    host: str, port: int, health: Health, more: More | None = None
) -> asyncio.Server:
    """Answers GET /health (503 unless all is ok) and GET /metrics on a port of its own."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].partition(b"?")[0]
                status, kind, body = await _page(path, health, more)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, IndexError):
            pass
        except asyncio.LimitOverrunError:
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)


async def _page(path: bytes, health: Health, more: More | None) -> tuple[str, str, bytes]:
    if path == b"/health":
        parts = await health()
        well = all(value == "ok" for value in parts.values() if isinstance(value, str))
        body = json.dumps({"status": "ok" if well else "failing", "parts": parts}).encode()
        return ("200 OK" if well else "503 Service Unavailable"), "application/json", body
    if path == b"/metrics":
        body = generate_latest(REGISTRY)
        if more is not None:
            body += await more()
        return "200 OK", "text/plain; version=0.0.4; charset=utf-8", body
    return "404 Not Found", "text/plain", b"not found\n"
