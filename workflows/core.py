"""The part of Temporal's client that is no Python: where its log goes, and its own figures."""

from __future__ import annotations

import asyncio
import logging
import socket

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)


def runtime_of(port: int, level: str) -> Runtime:
    """One that serves its figures on this port of loopback; ``level`` is that of our own log."""
    forwarding = LogForwardingConfig(
        logging.getLogger("temporal"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    core_level = "INFO" if level == "debug" else "WARN"
    return Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(TelemetryFilter(core_level, "ERROR"), forwarding=forwarding),
            metrics=PrometheusConfig(
                bind_address=f"127.0.0.1:{port}",
                durations_as_seconds=True,
                counters_total_suffix=True,
                unit_suffix=True,
            ),
        )
    )


async def core_metrics(port: int) -> bytes:
    """Those figures as they are served; nothing where they are not."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return b""
    return answer.partition(b"\r\n\r\n")[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
