"""All settings of an installation in one frozen object, read from the environment."""

from __future__ import annotations

import difflib
import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

Installation = Literal["production", "test", "demo"]

Role = Literal["app", "sequencer", "projector", "reader"]

PREFIX = "TRAJECT_"
SECRETS = "TRAJECT_SECRETS"
FAULTS = "TRAJECT_FAULT"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class BadSettings(ValueError):
    """The environment says something that cannot be; the text says what, without secrets."""


class Settings(BaseSettings):
    """How this installation is connected and where it keeps things.

    Every field comes from ``TRAJECT_<NAME>``, or from a file ``traject_<name>`` in the folder
    that ``TRAJECT_SECRETS`` names. Boards set their own terms and
    numbers elsewhere: `events.settings.TenantSettings`.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True
    )

    installation: Installation = Field(
        default="production",
        description="What it is for: production, test or demo. Clocks are moved"
        " and the demo's sign-in exists only outside production.",
    )
    data_folder: Path = Field(
        default=Path(__file__).parent / ".local",
        description="Where embedded servers, generated secrets and logs are kept.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important log line that is still written."
    )

    postgres_dsn: SecretStr | None = Field(
        default=None,
        description="The database, as a user who may take on the service's roles (or, where the"
        " other addresses are given too, as traject_app). Without it an embedded PostgreSQL is"
        " started.",
    )
    postgres_owner_dsn: SecretStr | None = Field(
        default=None,
        description="The same database as a user who may change its schema, for migrate."
        " Without it: postgres_dsn.",
    )
    postgres_sequencer_dsn: SecretStr | None = Field(
        default=None,
        description="The same database as traject_sequencer. Without it: postgres_dsn.",
    )
    postgres_projector_dsn: SecretStr | None = Field(
        default=None,
        description="The same database as traject_projector. Without it: postgres_dsn.",
    )
    postgres_reader_dsn: SecretStr | None = Field(
        default=None, description="The same database as traject_reader. Without it: postgres_dsn."
    )
    postgres_connections: int = Field(
        default=10,
        ge=2,
        le=200,
        description="The most connections one process opens to the database.",
    )
    master_key_file: Path | None = Field(
        default=None,
        description="The file with the keys that wrap every dossier's own key. Without it:"
        " master-keys.json in the data folder, made at the first start.",
    )
    log_key_file: Path | None = Field(
        default=None,
        description="The file with the keys that sign checkpoints of the log. Without it:"
        " log-keys.json in the data folder, made at the first start.",
    )
    log_origin: str | None = Field(
        default=None,
        pattern=r"^[^\s+]+$",
        description="The name in checkpoints of the log, such as traject.example/log; it is taken"
        " when the first log key is made. Without it: traject/ and the start of that key's hash.",
    )
    publish_to: str | None = Field(
        default=None,
        description="Where checkpoints of the log go: a folder, or s3://bucket/prefix with the"
        " usual AWS_ variables beside it. Without it: published in the data folder, which is on"
        " this machine and therefore proves less.",
    )

    temporal_address: str | None = Field(
        default=None,
        description="host:port of a Temporal cluster. Without it an embedded one is started.",
    )
    temporal_namespace: str = Field(
        default="default", description="The namespace of this installation."
    )
    temporal_tls: bool = Field(
        default=False,
        description="Speak TLS to Temporal. An API key, an authority or a certificate needs it.",
    )
    temporal_tls_ca_file: Path | None = Field(
        default=None,
        description="The authority that signed Temporal's certificate, if not a public one.",
    )
    temporal_tls_cert_file: Path | None = Field(
        default=None, description="Our own certificate, where Temporal asks for one."
    )
    temporal_tls_key_file: Path | None = Field(
        default=None, description="The key of that certificate."
    )
    temporal_tls_server_name: str | None = Field(
        default=None,
        description="The name in Temporal's certificate, where it differs from the address.",
    )
    temporal_api_key: SecretStr | None = Field(
        default=None, description="The API key, where Temporal asks for one."
    )
    task_queue: str = Field(default="traject", description="The queue that workers and web share.")
    max_cached_workflows: int = Field(
        default=1000,
        ge=0,
        description="How many cases a worker keeps in memory between steps; 0 replays each step.",
    )

    http_host: str = Field(
        default="127.0.0.1", description="The address that the web part listens on."
    )
    http_port: int = Field(default=8000, ge=0, le=65535, description="The port of the web part.")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+/?$",
        description="Where people reach the web part, such as https://traject.example; links in"
        " mails begin with it. Without it: http://127.0.0.1 and the port of the web part.",
    )
    http_proxies: str = Field(
        default="",
        description="Reverse proxies (addresses or networks, with commas) whose X-Forwarded-For"
        " is believed. It counts for limits on tries only.",
    )
    session_idle_minutes: int = Field(
        default=120, ge=5, le=1440, description="A session ends after so long without use."
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="A session ends after so long in any case."
    )

    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        description="The address of the identity provider, see docs/sign-in.md. Without it nobody"
        " signs in with an account.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="What the identity provider calls this installation."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that the identity provider gave out for it."
    )
    oidc_scopes: str = Field(
        default="openid profile email", description="What is asked of the identity provider."
    )
    oidc_subject_claim: str = Field(
        default="sub", description="The claim by which an account is known for good."
    )
    oidc_name_claim: str = Field(default="name", description="The claim with somebody's name.")
    oidc_email_claim: str = Field(default="email", description="The claim with the mail address.")
    oidc_email_trusted: bool = Field(
        default=False,
        description="Take addresses for verified where no email_verified comes: only where nobody"
        " can choose an own address.",
    )
    oidc_roles_claim: str | None = Field(
        default=None,
        description="The claim that says what somebody is, by 'traject access board'.",
    )
    oidc_board_claim: str | None = Field(
        default=None,
        description="The claim that names the board of an account, by 'traject access board'.",
    )
    oidc_board: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="The one board of all accounts, where no claim names it.",
    )

    worker_host: str = Field(
        default="127.0.0.1", description="The address of the worker's health and metrics."
    )
    worker_port: int = Field(
        default=9464, ge=0, le=65535, description="The port of the worker's health and metrics."
    )

    smtp_host: str | None = Field(
        default=None, description="The mail server. Without it mail stays in the outbox."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="The port of the mail server.")
    smtp_user: str | None = Field(
        default=None, description="Whom to sign in as at the mail server."
    )
    smtp_password: SecretStr | None = Field(default=None, description="The password of that user.")
    smtp_starttls: bool = Field(default=True, description="Refuse to send mail without encryption.")
    smtp_from: str = Field(
        default="traject@localhost", description="The address that mail of the service comes from."
    )

    @model_validator(mode="after")
    def _lets_in_whom_it_should(self) -> Self:
        """Half a provider lets nobody in; a demo that is seen from elsewhere lets everybody in."""
        given, demo = self.oidc_issuer is not None, self.installation == "demo"
        exposed = self.installation == "production" and _plain(self.public_address)
        faults = (
            (given and not self.oidc_client_id, "OIDC_ISSUER needs OIDC_CLIENT_ID beside it"),
            (
                given and (self.oidc_board is None) == (self.oidc_board_claim is None),
                "OIDC_ISSUER needs OIDC_BOARD or OIDC_BOARD_CLAIM beside it, one of the two",
            ),
            (_plain(self.oidc_issuer or ""), "OIDC_ISSUER has to begin with https://"),
            (exposed, "PUBLIC_URL has to begin with https:// in production"),
            (
                demo and self.http_host not in LOOPBACK,
                "HTTP_HOST has to be 127.0.0.1 in a demo, where anybody chooses who to be",
            ),
        )
        for wrong, sentence in faults:
            if wrong:
                raise ValueError(PREFIX + sentence.replace(" OIDC_", f" {PREFIX}OIDC_"))
        return self

    @field_validator("http_proxies")
    @classmethod
    def _known_networks(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            ip_network(part)
        return value

    @model_validator(mode="after")
    def _sealed_to_temporal(self) -> Self:
        """Whoever names a key or a certificate counts on TLS, and would not get it."""
        needing = (
            "temporal_api_key",
            "temporal_tls_ca_file",
            "temporal_tls_cert_file",
            "temporal_tls_key_file",
        )
        for name in needing:
            if getattr(self, name) is not None and not self.temporal_tls:
                raise ValueError(
                    f"{PREFIX}{name.upper()} is of use over TLS only; set"
                    f" {PREFIX}TEMPORAL_TLS=true, or leave it out"
                )
        return self

    def database(self, role: Role) -> str:
        """The way into the database with the rights of ``traject_<role>`` and no others.

        Raises BadSettings where no database is named.
        """
        given = {
            "app": None,
            "sequencer": self.postgres_sequencer_dsn,
            "projector": self.postgres_projector_dsn,
            "reader": self.postgres_reader_dsn,
        }[role]
        if given:
            return given.get_secret_value()
        return _in_role(_known(self.postgres_dsn, "TRAJECT_POSTGRES_DSN"), f"traject_{role}")

    @property
    def owner_database(self) -> str:
        """The way into the database for changes of its schema."""
        return _known(self.postgres_owner_dsn or self.postgres_dsn, "TRAJECT_POSTGRES_DSN")

    @property
    def temporal(self) -> str:
        """Temporal's address; raises BadSettings where none is named."""
        return _known(self.temporal_address, "TRAJECT_TEMPORAL_ADDRESS")

    @property
    def public_address(self) -> str:
        """What addresses that people follow begin with, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.http_port}").rstrip("/")

    @property
    def master_keys(self) -> Path:
        """The file with the master keys."""
        return self.master_key_file or self.data_folder / "master-keys.json"

    @property
    def log_keys(self) -> Path:
        """The file with the keys that sign checkpoints."""
        return self.log_key_file or self.data_folder / "log-keys.json"

    @property
    def published(self) -> str:
        """Where checkpoints go: a folder's path, or the address of a bucket."""
        return self.publish_to or str(self.data_folder / "published")

    @property
    def embedded(self) -> bool:
        """Whether a server has to be started here."""
        return self.postgres_dsn is None or self.temporal_address is None

    def shown(self) -> dict[str, Any]:
        """The settings as plain values, with everything secret masked."""
        values: dict[str, Any] = self.model_dump(mode="json")
        for name in type(self).model_fields:
            secret = getattr(self, name)
            if isinstance(secret, SecretStr):
                values[name] = masked(secret) if name.endswith("_dsn") else "********"
        return values


def masked(dsn: SecretStr) -> str:
    """A database address with its password masked; wholly masked when it is not a plain URL."""
    try:
        parts = urlsplit(dsn.get_secret_value())
        host, port, user = parts.hostname, parts.port, parts.username
    except ValueError:
        return "********"
    if not host or parts.query:
        return "********"
    place = f"{host}:{port}" if port else host
    who = f"{user}:********@" if user else ""
    return urlunsplit((parts.scheme, f"{who}{place}", parts.path, "", ""))


def read_settings() -> Settings:
    """The settings of this environment; raises BadSettings with all that is wrong with it."""
    unknown = [name for name in os.environ if name.startswith(PREFIX) and not _is_known(name)]
    if unknown:
        fields = [PREFIX + field.upper() for field in Settings.model_fields]
        near = difflib.get_close_matches(unknown[0], fields, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise BadSettings(f"{unknown[0]} is no setting.{meant} See docs/settings.md.")
    secrets = os.environ.get(SECRETS)
    if secrets and not Path(secrets).is_dir():
        raise BadSettings(f"{SECRETS} names {secrets}, which is no folder.")
    try:
        return Settings(_secrets_dir=secrets)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise BadSettings(
            "\n".join(
                _fault(fault) for fault in error.errors(include_input=False, include_url=False)
            )
        ) from None
    except SettingsError as error:
        raise BadSettings(f"{SECRETS}: {error}.") from None


def _fault(fault: ErrorDetails) -> str:
    """A sentence of our own names its variables itself."""
    if not fault["loc"]:
        return f"{fault['msg'].removeprefix('Value error, ')}."
    name = "_".join(str(part) for part in fault["loc"]).upper()
    return f"{PREFIX}{name}: {fault['msg']}."


def _is_known(name: str) -> bool:
    field = name.removeprefix(PREFIX).lower()
    return field in Settings.model_fields or name == SECRETS or name.startswith(FAULTS)


def _known(value: SecretStr | str | None, name: str) -> str:
    if value is None:
        raise BadSettings(
            f"{name} is not set. Name a running server there, or use 'traject up',"
            " which starts one of its own."
        )
    return value if isinstance(value, str) else value.get_secret_value()


def _plain(address: str) -> bool:
    """Whether this goes over the net without TLS."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _in_role(dsn: str, role: str) -> str:
    """Settings in a DSN's query reach the server when the session starts, before any statement."""
    parts = urlsplit(dsn)
    if parts.username == role:
        return dsn
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, f"role={role}"]))))
