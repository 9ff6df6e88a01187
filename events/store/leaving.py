"""The code in a digest by which its reader ends digests with one click (RFC 8058).

Nothing of it is stored, and it does nothing else.
"""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.store.keyring import KeyRing
from events.store.keys import KEY_BYTES

_PURPOSE = b"traject digest 1"
_IDS, _MAC = 32, 16


class Leaving:
    """Writes and reads codes by keys derived from the master keys, older ones included."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def code(self, tenant: str, person: str) -> str:
        """The code of a person of a board; the same for the same master key."""
        masters = self._ring.now
        content = UUID(tenant).bytes + UUID(person).bytes
        made = content + _mac(masters.keys[masters.current], content)
        return base64.urlsafe_b64encode(made).decode()

    def read(self, code: str) -> tuple[str, str] | None:
        """(board, person) of a code; None for one that was not made here."""
        try:
            raw = base64.b64decode(code.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return None
        content, given = raw[:_IDS], raw[_IDS:]
        if len(raw) != _IDS + _MAC:
            return None
        made = [_mac(key, content) for key in self._ring.now.keys.values()]
        if not any([hmac.compare_digest(one, given) for one in made]):  # noqa: C419 - same time
            return None
        return str(UUID(bytes=content[:16])), str(UUID(bytes=content[16:]))


def _mac(master: bytes, content: bytes) -> bytes:
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=_PURPOSE).derive(master)
    return hmac.digest(key, content, "sha256")[:_MAC]
