"""How events and documents become bytes that only their dossier's key opens."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter

from events.store.errors import Unsealable
from events.store.keys import NONCE

read_json: Callable[[bytes], Any] = TypeAdapter(Any).validator.validate_json
"""Plain values from JSON bytes, in less than half the time of the standard library."""

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def canonical(value: Any) -> bytes:
    """JSON as it is stored: keys sorted, no spaces, UTF-8; raises ValueError for NaN."""
    return _encode(value).encode()


class Seal:
    """Seals and opens what one dossier holds: AES-256-GCM, bound to the place of each body."""

    __slots__ = ("_cipher", "_place", "key")

    def __init__(self, key: bytes, tenant: str, stream: str) -> None:
        self.key = key
        self._cipher = AESGCM(key)
        self._place = UUID(tenant).bytes + UUID(stream).bytes

    def seal(self, event_id: str, type_: str, data: bytes) -> bytes:
        """The nonce and the sealed body of one event."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, data, self._bound(event_id, type_))

    def open(self, event_id: str, type_: str, body: bytes) -> bytes:
        """The data's JSON; raises Unsealable when the body was changed or is another event's."""
        try:
            return self._cipher.decrypt(body[:NONCE], body[NONCE:], self._bound(event_id, type_))
        except (InvalidTag, ValueError) as error:
            raise Unsealable(f"the body of event {event_id} is not its own") from error

    def open_all(
        self, event_ids: Sequence[str], types: Sequence[bytes], bodies: Sequence[bytes]
    ) -> list[bytes]:
        """As `open`, of many events: without a call for each, because a replay opens millions."""
        place, decrypt, from_hex = self._place, self._cipher.decrypt, bytes.fromhex
        try:
            return [
                decrypt(body[:NONCE], body[NONCE:], place + from_hex(id_.replace("-", "")) + type_)
                for id_, type_, body in zip(event_ids, types, bodies, strict=True)
            ]
        except (InvalidTag, ValueError) as error:
            raise Unsealable("the body of an event is not its own") from error

    def seal_document(self, kind: str, version: int, content: bytes) -> bytes:
        """The nonce and a sealed document of the dossier."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, content, self._of_document(kind, version))

    def open_document(self, kind: str, version: int, body: bytes) -> bytes:
        """The document; raises Unsealable when the body was changed or is another document's."""
        try:
            bound = self._of_document(kind, version)
            return self._cipher.decrypt(body[:NONCE], body[NONCE:], bound)
        except (InvalidTag, ValueError) as error:
            raise Unsealable(f"the body of {kind} {version} is not its own") from error

    def _of_document(self, kind: str, version: int) -> bytes:
        return self._place + f"document {kind} {version}".encode()

    def _bound(self, event_id: str, type_: str) -> bytes:
        return self._place + bytes.fromhex(event_id.replace("-", "")) + type_.encode()
