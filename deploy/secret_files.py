"""The secrets of an installation with servers of its own: made once, kept as files, one each."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.home import write_private
from events.audit.logkeys import LogKeys
from events.store.keys import MasterKeys
from events.store.migrate import LOGIN_ROLES, grant_logins


async def make_secrets(owner_dsn: str, folder: Path, log_origin: str | None = None) -> list[str]:
    """Give each role of the database a login and make master and log keys, as files in the folder.

    TRAJECT_SECRETS names the folder for worker and web. What is there already is kept, so this
    may be repeated at every upgrade. Returns the names of the files that were made.
    Raises OSError where the folder cannot be written, asyncpg.PostgresError where ``owner_dsn``
    may not grant logins.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    addresses = {role: folder / _file_of(role) for role in LOGIN_ROLES}
    made = [file.name for file in addresses.values() if not file.exists()]
    passwords = {role: _password(file) for role, file in addresses.items()}
    await grant_logins(owner_dsn, passwords)
    for role, file in addresses.items():
        write_private(file, _address(owner_dsn, role, passwords[role]))
    keys = folder / "master-keys.json"
    if not keys.exists():
        MasterKeys.generate().save(keys)
        made.append(keys.name)
    write_private(folder / "traject_master_key_file", str(keys.absolute()))
    log_keys = folder / "log-keys.json"
    if not log_keys.exists():
        LogKeys.generate(log_origin).save(log_keys)
        made.append(log_keys.name)
    write_private(folder / "traject_log_key_file", str(log_keys.absolute()))
    return made


def _file_of(role: str) -> str:
    part = role.removeprefix("traject_")
    return "traject_postgres_dsn" if part == "app" else f"traject_postgres_{part}_dsn"


def _password(file: Path) -> str:
    if file.exists():
        kept = urlsplit(file.read_text().strip()).password
        if kept:
            return kept
    return secrets.token_urlsafe(24)


def _address(owner_dsn: str, role: str, password: str) -> str:
    parts = urlsplit(owner_dsn)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}"))
