"""What can be wrong with a call to the store, as exceptions that say so."""

from __future__ import annotations

import asyncpg


class StoreError(Exception):
    """The call cannot succeed, however often it is repeated."""


class WrongBoard(StoreError):
    """The session works for another board than the call names."""


class UnknownDossier(StoreError):
    """The board has no dossier open for this stream."""


class WrongProcess(StoreError):
    """The stream belongs to another process than the call names."""


class RecordedTooEarly(StoreError):
    """The stream already has an event that was recorded later."""


class AlreadyOpened(StoreError):
    """A stream that was to be opened has events of another command."""


class Erased(StoreError):
    """The dossier's key was destroyed: its bodies can never be read again."""


class RetiredMaster(StoreError):
    """A new dossier's key is wrapped by a master key that was taken out of use."""


class BadKeys(ValueError):
    """A file is no file of master keys; the text says what to do about it."""


class Unsealable(StoreError):
    """A sealed body does not belong where it was found, or was changed."""


class Unreadable(StoreError):
    """A stored event is none that this version of the product can read; it says which and why."""

    def __init__(self, type_: str, schema_version: object, why: str) -> None:
        super().__init__(f"{type_} of schema version {schema_version} cannot be read: {why}")
        self.type = type_
        self.schema_version = schema_version


OF_SQLSTATE: dict[str, type[StoreError]] = {
    "TJ001": WrongBoard,
    "TJ002": UnknownDossier,
    "TJ003": WrongProcess,
    "TJ004": RecordedTooEarly,
    "TJ005": AlreadyOpened,
    "TJ006": Erased,
    "TJ007": RetiredMaster,
}
CLAIM_TAKEN = "TJ010"


def sqlstate(error: asyncpg.PostgresError) -> str:
    """The five characters by which PostgreSQL names an error."""
    return getattr(error, "sqlstate", None) or ""


def detail(error: asyncpg.PostgresError) -> str | None:
    """What the server added to the error's message."""
    return getattr(error, "detail", None)


def unreachable(error: BaseException) -> bool:
    """Whether PostgreSQL is away or shutting down, so that the same call may succeed later."""
    return isinstance(
        error,
        OSError
        | TimeoutError
        | asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InsufficientResourcesError
        | asyncpg.InterfaceError
        # What the client says of a session that the server has just ended.
        | asyncpg.InternalClientError,
    )
