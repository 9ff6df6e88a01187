"""Where things leave the installation, so that others can hold it to its word: folder or bucket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from events.audit.files import write
from events.store.errors import StoreError

PATIENCE = timedelta(seconds=15)
RETRIES = 2


class AlreadyPublished(StoreError):
    """Under this name other bytes were published before, and published things never change."""


class BadPlace(ValueError):
    """Nothing can be published to such an address; the text says what can."""


class Away(Exception):
    """The place cannot be reached, or refuses us; the same call may succeed later."""


class Publication:
    """A place outside the database. Every call raises Away where it cannot be reached."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def at(cls, url: str) -> Publication:
        """The place at a folder's path, ``file://`` or ``s3://bucket/prefix``.

        For a bucket the environment gives AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
        and, where it is not Amazon's, AWS_ENDPOINT_URL. Raises BadPlace for other addresses.
        """
        parts = urlsplit(url)
        if parts.scheme == "s3" and parts.netloc:
            if os.environ.get("AWS_ENDPOINT_URL") == "":
                # The library would give up on it, and take this process with it.
                raise BadPlace("AWS_ENDPOINT_URL is empty: leave it out, or name an address")
            return cls(
                S3Store(
                    parts.netloc,
                    prefix=parts.path.strip("/") or None,
                    # Without TLS only where the environment itself names such an endpoint.
                    client_options={
                        "allow_http": True,
                        "connect_timeout": "5s",
                        "timeout": PATIENCE,
                    },
                    retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
                )
            )
        path = parts.path if parts.scheme == "file" else url
        if not path or (parts.scheme and parts.scheme != "file"):
            raise BadPlace(f"{url} is neither a folder nor s3://bucket/prefix")
        folder = Path(path).absolute()
        try:
            return cls(LocalStore(folder, mkdir=True), folder)
        except (BaseError, OSError) as error:
            raise BadPlace(f"{folder} cannot be made or is no folder") from error

    async def put(self, name: str, content: bytes) -> None:
        """Publish for good. The same bytes again are fine.

        Raises AlreadyPublished where there are others.
        """
        try:
            async with self._reached():
                if self._folder is not None:
                    await asyncio.to_thread(write, self._folder / name, content)
                else:
                    await obstore.put_async(self._store, name, content, mode="create")
        except (AlreadyExistsError, FileExistsError):
            if await self.get(name) != content:
                raise AlreadyPublished(f"{name} was published with other content") from None

    async def replace(self, name: str, content: bytes) -> None:
        """Publish in place of what was there."""
        async with self._reached():
            if self._folder is not None:
                await asyncio.to_thread(write, self._folder / name, content, replace=True)
            else:
                await obstore.put_async(self._store, name, content)

    async def get(self, name: str) -> bytes | None:
        """What was published under this name; None where nothing was."""
        async with self._reached():
            try:
                found = await obstore.get_async(self._store, name)
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                return None

    async def names(self, prefix: str) -> list[str]:
        """The names in the folder ``prefix`` and below, in order; all for an empty one."""
        async with self._reached():
            found = await obstore.list(self._store, prefix or None).collect_async()
        names = sorted(one["path"] for one in found)
        # What a power cut left half written is hidden by a dot.
        return [name for name in names if not name.rpartition("/")[2].startswith(".")]

    async def delete(self, name: str) -> None:
        """Take it away, if it is there."""
        async with self._reached():
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, name)

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        try:
            yield
        except (FileExistsError, AlreadyExistsError):
            raise
        except (BaseError, OSError) as error:
            # After its first line the library's own text holds whole answers of the server.
            why = str(error).partition("\n")[0]
            raise Away(f"The place that the log is published to cannot be used: {why}") from error
