"""Seals every payload Temporal keeps with the key of the dossier it belongs to."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

ENCODING = b"binary/sealed"
NONCE = 12
UNREADABLE = Payload(metadata={"encoding": b"binary/unreadable"})
"""No converter knows how to read this."""

KeySource = Callable[[str, str], Awaitable[bytes]]
"""(tenant, stream) to the dossier's key of 32 bytes; UnsealableError where there is no dossier."""


class UnsealableError(Exception):
    """A payload that belongs to no dossier this process knows of; nothing is sent in the clear."""


class TenantBook:
    """Remembers which board a stream belongs to, as ids of workflows do not say it."""

    def __init__(self, size: int = 50_000) -> None:
        self._size = size
        self._tenants: OrderedDict[str, str] = OrderedDict()

    def learn(self, stream: str, tenant: str) -> None:
        """From the sender of a first payload, or from a payload that was opened."""
        self._tenants[stream] = tenant
        self._tenants.move_to_end(stream)
        if len(self._tenants) > self._size:
            self._tenants.popitem(last=False)

    def tenant(self, stream: str) -> str:
        """Raises UnsealableError for a stream never heard of."""
        try:
            return self._tenants[stream]
        except KeyError:
            raise UnsealableError(f"no board is known for stream {stream}") from None


class SealingCodec(PayloadCodec, WithSerializationContext):
    """AES-256-GCM under the dossier's key, bound to board and workflow.

    A payload names its board in its metadata, so that whoever opens it finds the key; the stream
    is the last part of the workflow's id.
    """

    def __init__(self, keys: KeySource, tenants: TenantBook, workflow: str | None = None) -> None:
        self._keys = keys
        self._tenants = tenants
        self._workflow = workflow

    def with_context(self, context: SerializationContext) -> Self:
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return type(self)(self._keys, self._tenants, context.workflow_id)
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        workflow, stream = self._dossier()
        tenant = self._tenants.tenant(stream)
        box = AESGCM(await self._keys(tenant, stream))
        bound = _bound(tenant, workflow)
        sealed: list[Payload] = []
        for payload in payloads:
            nonce = os.urandom(NONCE)
            data = nonce + box.encrypt(nonce, payload.SerializeToString(), bound)
            metadata = {"encoding": ENCODING, "tenant": tenant.encode()}
            sealed.append(Payload(metadata=metadata, data=data))
        return sealed

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """What nobody vouches for, in the clear or forged, comes out as unreadable.

        To raise here would fail the whole task of the process, again and again, and block the case
        for everybody; an unreadable argument only gets its own sender refused.
        """
        return [await self._opened(payload) for payload in payloads]

    async def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING or "tenant" not in payload.metadata:
            return UNREADABLE
        if len(payload.data) < NONCE:
            return UNREADABLE
        workflow, stream = self._dossier()
        try:
            tenant = payload.metadata["tenant"].decode()
            box = AESGCM(await self._keys(tenant, stream))
            nonce, data = payload.data[:NONCE], payload.data[NONCE:]
            opened = Payload.FromString(box.decrypt(nonce, data, _bound(tenant, workflow)))
        except (UnicodeDecodeError, UnsealableError, InvalidTag):
            return UNREADABLE
        self._tenants.learn(stream, tenant)
        return opened

    def _dossier(self) -> tuple[str, str]:
        if not self._workflow or "/" not in self._workflow:
            raise UnsealableError("a payload outside a case")
        return self._workflow, self._workflow.rpartition("/")[2]


def _bound(tenant: str, workflow: str) -> bytes:
    return f"temporal\x1f{tenant}\x1f{workflow}".encode()


def sealed_converter(keys: KeySource, tenants: TenantBook) -> DataConverter:
    """For clients, workers and replayers alike; failures are sealed too, text and trace."""
    return replace(
        pydantic_data_converter,
        payload_codec=SealingCodec(keys, tenants),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
