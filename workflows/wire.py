"""What travels between those who give commands and the processes that decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, SecretStr
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import TLSConfig

from workflows.codec import KeySource, TenantBook, sealed_converter

COMMAND = "command"
POKE = "poke"
STATUS = "status"
LOAD = "load"
RECORD = "record"
RECALL = "recall"
ERRAND = "errand"

REFUSED = "Refused"
"""Type of the failure that carries [code, field, attempt]."""

FAILED = "Failed"
"""Type of the failure of a command nobody could decide or record: [kind, None, attempt]."""

ERASED = "Erased"
"""Kind of the failure of what came to a dossier whose erasure began (`events.store.errors`)."""

TASK_TIMEOUT = timedelta(seconds=3)
STICKY_TIMEOUT = timedelta(seconds=2)


class Message(BaseModel):
    """Something sent to a running process; keys a newer sender adds are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class StreamRef(Message):
    """Which case a process keeps alive, and how far its clock stands from the real one."""

    tenant: str
    process: str
    stream: str
    clock_offset: timedelta = timedelta(0)


class GiverRef(Message):
    """Who gives the command, with all roles held at the board; a process has no person."""

    person: str | None
    roles: tuple[str, ...]


class Envelope(Message):
    """One command on its way. ``attempt`` names this call, so that an old refusal shows as old.

    ``cause`` is the event of another stream from which it follows, where it follows from one.
    """

    command_id: str
    content_hash: str
    command: str
    data: dict[str, object]
    giver: GiverRef
    attempt: str = ""
    cause: str | None = None


class Parcel(Message):
    """An errand on its way: `workflows.decision.Errand`, and the stream that runs it."""

    tenant: str
    stream: str
    clock_offset: timedelta
    key: str
    cause: str
    process: str
    command: str
    data: dict[str, object]
    streams: tuple[str, ...]
    person: str | None
    parts: tuple[str, ...]


class Status(Message):
    """What a process tells of itself; never anything of the case."""

    version: int
    loaded: bool
    next_due: str | None
    armed: str | None
    pending: int
    parked: int
    commands: int
    errands: int = 0


def workflow_id(process: str, stream: str) -> str:
    """The one workflow of a case."""
    return f"{process}/{stream}"


def update_id(command_id: str, content_hash: str, attempt: str | None = None) -> str:
    """Other content never gets a first answer; ``attempt`` asks for a decision anew."""
    plain = f"{command_id}.{content_hash}"
    return plain if attempt is None else f"{plain}.{attempt}"


@dataclass(frozen=True)
class Temporal:
    """A connection whose payloads are sealed, and the queue the workers of this system serve."""

    client: Client
    tenants: TenantBook
    task_queue: str


async def connect(
    address: str,
    keys: KeySource,
    *,
    task_queue: str = "traject",
    namespace: str = "default",
    tls: TLSConfig | bool = False,
    api_key: str | None = None,
    runtime: Runtime | None = None,
    lazy: bool = False,
) -> Temporal:
    """Raises RuntimeError when the server cannot be reached; ``lazy`` puts that off to first use.

    ``runtime`` is for a process that exports the metrics of its own.
    """
    tenants = TenantBook()
    client = await Client.connect(
        address,
        namespace=namespace,
        tls=tls,
        api_key=api_key,
        runtime=runtime,
        lazy=lazy,
        data_converter=sealed_converter(keys, tenants),
    )
    return Temporal(client, tenants, task_queue)


class Reachable(Protocol):
    """The settings that say where Temporal is."""

    @property
    def temporal(self) -> str: ...
    @property
    def temporal_namespace(self) -> str: ...
    @property
    def temporal_tls(self) -> bool: ...
    @property
    def temporal_tls_ca_file(self) -> Path | None: ...
    @property
    def temporal_tls_cert_file(self) -> Path | None: ...
    @property
    def temporal_tls_key_file(self) -> Path | None: ...
    @property
    def temporal_tls_server_name(self) -> str | None: ...
    @property
    def temporal_api_key(self) -> SecretStr | None: ...
    @property
    def task_queue(self) -> str: ...


async def connect_by(
    settings: Reachable, keys: KeySource, *, runtime: Runtime | None = None, lazy: bool = False
) -> Temporal:
    """As `connect`, by the settings of the installation; OSError for an unreadable TLS file."""
    tls: TLSConfig | bool = settings.temporal_tls
    if tls:
        tls = TLSConfig(
            server_root_ca_cert=_bytes(settings.temporal_tls_ca_file),
            domain=settings.temporal_tls_server_name,
            client_cert=_bytes(settings.temporal_tls_cert_file),
            client_private_key=_bytes(settings.temporal_tls_key_file),
        )
    secret = settings.temporal_api_key
    return await connect(
        settings.temporal,
        keys,
        task_queue=settings.task_queue,
        namespace=settings.temporal_namespace,
        tls=tls,
        api_key=secret.get_secret_value() if secret else None,
        runtime=runtime,
        lazy=lazy,
    )


def _bytes(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
