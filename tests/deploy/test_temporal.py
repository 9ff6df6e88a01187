"""The embedded Temporal keeps its cases through every end, and says what is wrong."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from deploy.embedded.supervisor import LOOPBACK, StartFailed
from deploy.embedded.temporal import RETENTION_DAYS, EmbeddedTemporal, embedded_temporal


async def test_cases_and_ports_outlive_stop_and_kill(folder: Path) -> None:
    async with embedded_temporal(folder) as server:
        address = server.address
        client = await Client.connect(address)
        await client.start_workflow("Kept", id="kept", task_queue="none")
        await server.kill()
        await server.start()
        assert server.address == address
    async with embedded_temporal(folder) as server:
        assert server.address == address
        client = await Client.connect(address)
        described = await client.get_workflow_handle("kept").describe()
        assert described.workflow_type == "Kept"


async def test_closed_cases_are_kept_long(folder: Path) -> None:
    async with embedded_temporal(folder) as server:
        client = await Client.connect(server.address)
        request = DescribeNamespaceRequest(namespace="default")
        answer = await client.workflow_service.describe_namespace(request)
        kept = answer.config.workflow_execution_retention_ttl
        assert kept.seconds == RETENTION_DAYS * 86400


async def test_web_interface_is_served_on_request(folder: Path) -> None:
    async with embedded_temporal(folder, ui=True) as server:
        assert server.ui_url is not None
        with urllib.request.urlopen(server.ui_url, timeout=10) as page:
            assert page.status == 200
    async with embedded_temporal(None) as server:
        assert server.ui_url is None


async def test_half_made_file_is_made_again(folder: Path) -> None:
    (folder / "temporal.db").write_bytes(b"")
    (folder / "temporal.db-wal").write_bytes(b"half")
    async with embedded_temporal(folder) as server:
        assert server.running


async def test_damaged_file_is_said_with_a_way_out(folder: Path) -> None:
    (folder / "temporal.made").touch()
    (folder / "temporal.db").write_bytes(b"this is not a database, " * 100)
    with pytest.raises(StartFailed, match="damaged") as failed:
        await EmbeddedTemporal(folder).start()
    assert "traject recover" in failed.value.way_out


async def test_taken_port_is_refused(folder: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=f"Port {port}"):
            await EmbeddedTemporal(folder, port=port).start()


async def test_two_starts_do_not_fight(folder: Path) -> None:
    async with embedded_temporal(folder):
        with pytest.raises(StartFailed, match="in use by process"):
            await EmbeddedTemporal(folder).start()


async def test_environment_cannot_lead_it_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere:1")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    async with embedded_temporal(folder) as server:
        assert server.running


async def test_missing_program_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_BIN", str(folder / "nowhere"))
    with pytest.raises(StartFailed, match="not found at"):
        await EmbeddedTemporal(folder).start()
