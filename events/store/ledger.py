"""The ledger of erasures, kept outside the database: what it lists stays erased, whatever backup
is restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from events.audit.publishing import AlreadyPublished, Away, Publication
from events.process import Story
from events.retention import due
from events.settings import RetentionClass, TenantSettings
from events.store.certificates import Certificate
from events.store.clearing import clear_files
from events.store.erasing import Eraser, Kept
from events.store.erasures import Which
from events.store.errors import StoreError

if TYPE_CHECKING:
    from events.store.store import Store

FOLDER = "erased"
ENTRY, CERTIFICATE = ".json", ".certificate.json"
OUTLIVES: RetentionClass = "business_record"
"""What outlives its dossier does so because the board's accounts have to be kept."""


class NotObeyed(StoreError):
    """Erased dossiers came back with a backup, and this login may not erase them; the text says
    what to do."""


class Ledger:
    """The erasures of an installation: an entry each, and a certificate once all was done.

    Nothing is ever written over: the place may forbid it.
    """

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    async def streams(self) -> list[Which]:
        """All that were erased, or are being erased and about to lose their key."""
        found: set[Which] = set()
        for name in await self._publication.names(FOLDER):
            tenant, _, file = name.removeprefix(f"{FOLDER}/").partition("/")
            stream = file.removesuffix(CERTIFICATE).removesuffix(ENTRY)
            try:
                found.add((str(UUID(tenant)), str(UUID(stream))))
            except ValueError:
                continue
        return sorted(found)

    async def get(self, tenant: str, stream: str) -> Certificate | None:
        """What is said of an erasure; None where it has not come so far."""
        for kind in (CERTIFICATE, ENTRY):
            content = await self._publication.get(f"{FOLDER}/{tenant}/{stream}{kind}")
            if content is not None:
                return Certificate.model_validate_json(content)
        return None

    async def enter(self, entry: Certificate) -> Certificate:
        """From now on its key is destroyed wherever it turns up. The first entry, which stays."""
        return await self._put(entry, ENTRY)

    async def finish(self, certificate: Certificate) -> Certificate:
        """All was done. The first certificate, which stays."""
        return await self._put(certificate, CERTIFICATE)

    async def _put(self, certificate: Certificate, kind: str) -> Certificate:
        name = f"{FOLDER}/{certificate.tenant}/{certificate.stream}{kind}"
        try:
            await self._publication.put(name, certificate.text().encode())
        except AlreadyPublished:
            # Somebody else erases it at the same time.
            content = await self._publication.get(name)
            assert content is not None
            return Certificate.model_validate_json(content)
        return certificate


def outliving(story: Story[Any], state: Any, settings: TenantSettings, now: datetime) -> list[Kept]:
    """What of a case is kept when its dossier is erased, and how long."""
    content = story.outlives(state)
    if not content:
        return []
    keep_until = due(state.ended_at or now, OUTLIVES, settings)
    return [Kept(OUTLIVES, content, keep_until)]


async def obey_ledger(
    store: Store, ledger: Ledger, owner_dsn: str, stories: Mapping[str, Story[Any]]
) -> int:
    """Erase again whatever of the ledger has its key in the database; returns how many there were.

    That is so after a backup was restored, and never else: a listing and one query tell. Nobody
    may be served before. ``owner_dsn`` is of the database's owner, needed only where there is
    something to erase. Raises NotObeyed where it is not.
    """
    back = await store.still_there(await ledger.streams())
    if not back:
        return 0
    eraser = await Eraser.connect(owner_dsn)
    try:
        await _erase_again(store, ledger, eraser, stories, back)
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotObeyed(
            f"The database was restored from a backup and has the keys of {len(back)} dossiers"
            " that were erased since. Run 'traject recover' as the owner of the database"
            " (TRAJECT_POSTGRES_OWNER_DSN) before it serves anybody."
        ) from error
    finally:
        await eraser.close()
    return len(back)


async def obey_before_serving(
    store: Store, published: str, owner_dsn: str, stories: Mapping[str, Story[Any]]
) -> int:
    """`obey_ledger` of the place where this installation publishes.

    Raises ConnectionError where that does not answer: nobody can tell then what was erased.
    """
    try:
        return await obey_ledger(store, Ledger(Publication.at(published)), owner_dsn, stories)
    except Away as error:
        raise ConnectionError(
            f"the ledger of erasures cannot be read ({published}: {error})"
        ) from error


async def _erase_again(
    store: Store,
    ledger: Ledger,
    eraser: Eraser,
    stories: Mapping[str, Story[Any]],
    back: Sequence[Which],
) -> None:
    wrapped: list[bytes] = []
    for tenant, stream in back:
        key = await eraser.wrapped_key(tenant, stream)
        if key is not None:
            wrapped.append(key)
        kept = await _kept(store, stories, tenant, stream)
        entry = await ledger.get(tenant, stream)
        certificate = entry.text() if entry is not None and entry.finished else None
        await eraser.again(tenant, stream, kept, certificate)
        store.forget(tenant, stream)
    await clear_files(eraser.connection, datetime.now(UTC), wrapped)


async def _kept(
    store: Store, stories: Mapping[str, Story[Any]], tenant: str, stream: str
) -> list[Kept]:
    """What outlived it once does so again, as far as the restored events tell."""
    process = await store.process_of(tenant, stream)
    story = stories.get(process or "")
    if story is None:
        return []
    # The backup may have been made while the erasure was under way.
    store.opens_to_the_last = True
    try:
        state = story.fold(await store.load(tenant, stream))
    except StoreError:
        return []
    finally:
        store.opens_to_the_last = False
    return outliving(story, state, await store.settings(tenant), datetime.now(UTC))
