"""Files that are there whole or not at all, and outlive a power cut once they are."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes, *, mode: int = 0o644, replace: bool = False) -> None:
    """Write the file, making its folder where there is none.

    Raises FileExistsError where there is one and ``replace`` is not asked, NotADirectoryError
    where its folder is none.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(*error.args) from None
    half = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            _same_owner(half, path)
            half.replace(path)
        else:
            # A link, unlike a rename, fails where there is a file already.
            os.link(half, path)
    finally:
        half.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _same_owner(half: Path, path: Path) -> None:
    """What an administrator replaces stays readable to whom it belongs."""
    with suppress(FileNotFoundError, PermissionError):
        known = path.stat()
        if known.st_uid != os.geteuid():
            os.chown(half, known.st_uid, known.st_gid)
