"""Operators see what happens and to which ids, and never what anybody wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.stdlib import get_logger

from observability import RECORDED, bound, configure_logging, serve_probe

CANARY = "Kanarie-Quetzal"


@pytest.fixture
def lines() -> Iterator[Any]:
    """The log lines written so far, as objects."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def fail() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        raise LookupError(f"about {CANARY}") from error


def test_every_line_has_the_ids_also_where_there_are_none(lines: Any) -> None:
    log = get_logger("traject.test")
    log.info("plain")
    with bound(tenant="t1", stream="s1", command_id="c1"):
        log.info("within")
        logging.getLogger("library").info("from elsewhere")
    plain, within, elsewhere = lines()
    assert [plain[key] for key in ("tenant", "stream", "command_id")] == [None, None, None]
    for line in (within, elsewhere):
        assert [line[key] for key in ("tenant", "stream", "command_id")] == ["t1", "s1", "c1"]
    assert (within["event"], within["level"], within["logger"]) == (
        "within",
        "info",
        "traject.test",
    )
    assert elsewhere["event"] == "from elsewhere"


def test_an_exception_is_told_by_type_and_places(lines: Any) -> None:
    try:
        fail()
    except LookupError as error:
        get_logger().error("it failed", exc_info=error)
        get_logger().exception("it failed so")
        logging.getLogger("library").exception("Completing as failed (%s)", {"text": CANARY})
    for line in lines():
        assert line["error"] == "LookupError < ValueError"
        assert line["through"][-1].endswith(" fail")
        assert CANARY not in json.dumps(line)
    assert [line["event"] for line in lines()] == [
        "it failed",
        "it failed so",
        "Completing as failed",
    ]


def test_what_a_library_warns_of_is_cut_to_its_head(lines: Any) -> None:
    logging.getLogger("library").warning("cannot read %s", CANARY)
    logging.getLogger("library").error("bad value (%s)\nwith more", CANARY)
    assert [line["event"] for line in lines()] == ["cannot read %s", "bad value"]


def test_the_workflow_a_line_belongs_to_is_told_by_its_stream(lines: Any) -> None:
    about = {"workflow_id": "supervision/s9", "workflow_type": "supervision"}
    logging.getLogger("temporalio.workflow").info("parked", extra={"temporal_workflow": about})
    (line,) = lines()
    assert line["stream"] == "s9"
    assert "temporal_workflow" not in line


async def fetch(port: int, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        answer = await reader.read()
    except ConnectionResetError:
        return 0, b""
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else 0), body


async def test_health_and_metrics_on_a_port_of_their_own() -> None:
    how = {"postgres": "ok", "temporal": "ok"}

    async def health() -> dict[str, Any]:
        return how

    async def more() -> bytes:
        return b"elsewhere 1\n"

    RECORDED.labels("loans", "AddNote", "recorded").inc()
    probe = await serve_probe("127.0.0.1", 0, health, more)
    port = probe.sockets[0].getsockname()[1]
    try:
        status, body = await fetch(port, b"GET /health HTTP/1.1\r\n\r\n")
        assert (status, json.loads(body)["status"]) == (200, "ok")
        how["temporal"] = "away"
        status, body = await fetch(port, b"GET /health?deep=1 HTTP/1.1\r\n\r\n")
        assert (status, json.loads(body)["parts"]["temporal"]) == (503, "away")
        status, body = await fetch(port, b"GET /metrics HTTP/1.1\r\n\r\n")
        assert status == 200
        assert b'command="AddNote"' in body
        assert body.endswith(b"elsewhere 1\n")
        assert (await fetch(port, b"GET / HTTP/1.1\r\n\r\n"))[0] == 404
        assert (await fetch(port, b"\r\n\r\n"))[0] == 0
        assert (await fetch(port, b"x" * 200_000 + b"\r\n\r\n"))[0] == 0
    finally:
        probe.close()
        await probe.wait_closed()
