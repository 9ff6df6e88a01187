"""The code in a signing link: who may sign what until when, so that nobody can make or change one.

Nothing of a link is stored; what it is still worth follows from the case.
"""

from __future__ import annotations

import base64
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.store.keyring import KeyRing
from events.store.keys import KEY_BYTES, MasterKeys

_PURPOSE = b"traject signing link 1"
_CONTENT = struct.Struct(">16s16s16sIi")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAC_BYTES = 16
_CODE_CHARACTERS = (_CONTENT.size + _MAC_BYTES) * 4 // 3
_NOTHING = bytes(_CONTENT.size + _MAC_BYTES)


@dataclass(frozen=True, slots=True)
class SigningLink:
    """``version`` is the place in its stream of the event it was sent for.

    ``until`` is its last moment, of which whole minutes are kept.
    """

    tenant: str
    stream: str
    person: str
    version: int
    until: datetime


class Links:
    """Writes and reads codes by keys derived from the master keys, older ones included."""

    def __init__(self, masters: MasterKeys | KeyRing) -> None:
        self._ring = KeyRing.of(masters)
        self._masters: MasterKeys | None = None
        self._current = b""
        self._all: list[bytes] = []

    def _look(self) -> None:
        """Derive anew where the master keys were replaced since."""
        masters = self._ring.now
        if masters is not self._masters:
            self._current = link_key(masters.keys[masters.current])
            self._all = [link_key(key) for key in masters.keys.values()]
            self._all += [one.key for one in masters.links.values()]
            self._masters = masters

    def code(self, link: SigningLink) -> str:
        """The link as a word for an address; the same for the same link and master key."""
        self._look()
        content = _CONTENT.pack(
            UUID(link.tenant).bytes,
            UUID(link.stream).bytes,
            UUID(link.person).bytes,
            link.version,
            int(link.until.timestamp()) // 60,
        )
        return base64.urlsafe_b64encode(content + _mac(self._current, content)).decode()

    def read(self, code: str) -> SigningLink | None:
        """The link behind a code; None for one that was not made here, in the same time."""
        self._look()
        raw = _decoded(code)
        content, given = raw[: _CONTENT.size], raw[_CONTENT.size :]
        genuine = [hmac.compare_digest(_mac(key, content), given) for key in self._all]
        if not any(genuine):
            return None
        tenant, stream, person, version, until = _CONTENT.unpack(content)
        return SigningLink(
            str(UUID(bytes=tenant)),
            str(UUID(bytes=stream)),
            str(UUID(bytes=person)),
            version,
            _EPOCH + timedelta(minutes=until),
        )


def link_key(master: bytes) -> bytes:
    """The key of the codes made under a master key, which cannot be had back from it."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=_PURPOSE).derive(master)


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:_MAC_BYTES]


def _decoded(code: str) -> bytes:
    """What is no code at all, or spells one otherwise, is checked like one that is wrong."""
    if len(code) != _CODE_CHARACTERS:
        return _NOTHING
    try:
        raw = base64.b64decode(code.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return _NOTHING
    return raw if base64.urlsafe_b64encode(raw).decode() == code else _NOTHING
