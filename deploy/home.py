"""Where an installation on one machine keeps its data, and the secrets made at its first start."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.supervisor import make_folder, unprivileged
from events.audit.logkeys import LogKeys
from events.store.keys import MasterKeys
from events.store.migrate import LOGIN_ROLES
from settings import BadSettings, Settings

FOR_ALL_USERS = Path("/var/lib/traject")


class Home:
    """The data folder of one kind of installation: demo data never mixes with real data."""

    def __init__(self, settings: Settings) -> None:
        self.folder = _data_folder(settings) / settings.installation
        self._master_keys = settings.master_key_file or self.folder / "master-keys.json"
        self._log_keys = settings.log_key_file or self.folder / "log-keys.json"
        self._log_origin = settings.log_origin

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def temporal(self) -> Path:
        return self.folder / "temporal"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def make(self) -> None:
        """Make the folders; raises StartFailed where that cannot be."""
        make_folder(self.folder, needs_megabytes=200, mode=0o711)
        make_folder(self.logs, needs_megabytes=0)

    def master_keys(self) -> Path:
        """The file with the master keys, made at the first start.

        Raises BadKeys where it is damaged, before anything is started on it.
        """
        if not self._master_keys.exists():
            MasterKeys.generate().save(self._master_keys)
        MasterKeys.load(self._master_keys)
        return self._master_keys

    def log_keys(self) -> Path:
        """The file with the keys that sign the log, made at the first start. Raises BadKeys."""
        if not self._log_keys.exists():
            LogKeys.generate(self._log_origin).save(self._log_keys)
        LogKeys.load(self._log_keys)
        return self._log_keys

    def passwords(self) -> dict[str, str]:
        """The passwords of the database's roles, made at the first start."""
        kept = self.folder / "passwords.json"
        if kept.exists():
            return json.loads(kept.read_text())
        made = {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}
        write_private(kept, json.dumps(made, indent=2))
        return made

    @property
    def _how_to_join(self) -> Path:
        return self.folder / "environment.json"

    def tell_how_to_join(self, environment: Mapping[str, str]) -> None:
        """Keeps where the servers of this start are, for other commands of the same user."""
        write_private(self._how_to_join, json.dumps(environment, indent=2))

    def joined(self, settings: Settings) -> Settings:
        """The settings, with the servers that `traject up` last started where none are named."""
        if not settings.embedded:
            return settings
        if not self._how_to_join.exists():
            others = [file.parent.name for file in self.folder.parent.glob("*/environment.json")]
            if others:
                raise BadSettings(
                    f"What runs here is marked {others[0]}, these settings say"
                    f" {settings.installation}. Set TRAJECT_INSTALLATION={others[0]}."
                )
            return settings
        kept = json.loads(self._how_to_join.read_text())
        explicit = settings.model_dump(include=settings.model_fields_set)
        return Settings.model_validate({**{k.lower(): v for k, v in kept.items()}, **explicit})


def _data_folder(settings: Settings) -> Path:
    """The folder of the settings; as root below a closed folder one that PostgreSQL can enter."""
    folder = settings.data_folder.absolute()
    account = unprivileged()
    if "data_folder" in settings.model_fields_set or not account:
        return folder
    if account.closed_folder(folder.parent) is None:
        return folder
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    return FOR_ALL_USERS / f"{folder.parent.name}-{mark}"


def write_private(file: Path, text: str) -> None:
    """A file that only its owner may read, whole or not at all."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
