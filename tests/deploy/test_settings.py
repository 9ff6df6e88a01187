"""Settings come from the environment, are refused with a sentence, and never show a secret."""

from __future__ import annotations

import os
from pathlib import Path

import asyncpg
import pytest

from settings import BadSettings, Settings, read_settings
from tests.conftest import Database


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TRAJECT_"):
            monkeypatch.delenv(name)


def test_nothing_set_means_embedded_servers() -> None:
    settings = read_settings()
    assert settings.embedded
    assert settings.installation == "production"
    with pytest.raises(BadSettings, match="TRAJECT_POSTGRES_DSN is not set"):
        settings.database("app")
    with pytest.raises(BadSettings, match="TRAJECT_TEMPORAL_ADDRESS is not set"):
        _ = settings.temporal


def test_unknown_name_is_refused_with_the_likely_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECT_POSTGRES_DNS", "postgresql://h/x")
    with pytest.raises(BadSettings, match="Did you mean TRAJECT_POSTGRES_DSN"):
        read_settings()


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECT_HTTP_PORT", "99999")
    monkeypatch.setenv("TRAJECT_INSTALLATION", "play")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert "TRAJECT_HTTP_PORT" in str(refused.value)
    assert "TRAJECT_INSTALLATION" in str(refused.value)


def test_refusal_does_not_repeat_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECT_SMTP_PORT", "geheim")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert "geheim" not in str(refused.value)


def test_secrets_are_masked_wherever_settings_are_printed() -> None:
    settings = Settings.model_validate(
        {
            "postgres_dsn": "postgresql://anna:geheim@host:5432/traject",
            "postgres_reader_dsn": "postgresql://host/traject?user=anna&password=geheim",
            "postgres_owner_dsn": "host=x password=geheim",
            "temporal_tls": True,
            "temporal_api_key": "geheim",
            "smtp_password": "geheim",
        }
    )
    shown = settings.shown()
    assert "geheim" not in f"{settings!r} {settings} {shown} {settings.model_dump_json()}"
    assert shown["postgres_dsn"] == "postgresql://anna:********@host:5432/traject"


@pytest.mark.parametrize("name", ["API_KEY", "TLS_CA_FILE", "TLS_CERT_FILE", "TLS_KEY_FILE"])
def test_what_needs_tls_is_refused_without_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRAJECT_TEMPORAL_{name}", "geheim")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert str(refused.value) == (
        f"TRAJECT_TEMPORAL_{name} is of use over TLS only; set TRAJECT_TEMPORAL_TLS=true,"
        " or leave it out."
    )
    monkeypatch.setenv("TRAJECT_TEMPORAL_TLS", "true")
    assert read_settings().temporal_tls


def test_secrets_may_be_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "traject_postgres_dsn").write_text("postgresql://h/x\n")
    monkeypatch.setenv("TRAJECT_SECRETS", str(folder))
    assert read_settings().owner_database == "postgresql://h/x"
    monkeypatch.setenv("TRAJECT_SECRETS", str(folder / "nowhere"))
    with pytest.raises(BadSettings, match="TRAJECT_SECRETS"):
        read_settings()


async def test_one_address_serves_every_role_with_its_own_rights(database: Database) -> None:
    settings = Settings.model_validate({"postgres_dsn": database.owner_dsn})
    for role in ("app", "sequencer", "projector", "reader"):
        connection = await asyncpg.connect(settings.database(role))
        assert await connection.fetchval("select current_user") == f"traject_{role}"
        await connection.close()
    settings = Settings.model_validate({"postgres_dsn": database.app_dsn})
    assert settings.database("app") == database.app_dsn


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (None, "http://127.0.0.1:8123"),
        ("https://traject.example", "https://traject.example"),
        ("https://traject.example:8443/", "https://traject.example:8443"),
    ],
)
def test_links_in_mails_begin_where_people_reach_the_product(
    given: str | None, address: str
) -> None:
    assert Settings(http_port=8123, public_url=given).public_address == address


@pytest.mark.parametrize("given", ["traject.example", "ftp://x", "https://a b", "https://a/b"])
def test_a_public_url_is_one(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECT_PUBLIC_URL", given)
    with pytest.raises(BadSettings, match="TRAJECT_PUBLIC_URL"):
        read_settings()
