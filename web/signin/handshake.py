"""What a browser keeps, sealed, while somebody is away at the identity provider.

It is a cookie and no row, so that nobody fills the database by beginning to sign in.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECONDS = 600
_NONCE_BYTES = 12
PURPOSE = b"traject sign-in 1"
"""What its key is derived for."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """One way to the provider and back. ``until`` is in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    back: str
    until: float

    @property
    def cookie(self) -> str:
        """Each tab has its own: two at once do not disturb each other."""
        return cookie_of(self.state)


def begun(back: str) -> Handshake:
    """A new one, of which nothing can be guessed."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Handshake(state, nonce, verifier, back, time.time() + SECONDS)


def cookie_of(state: str) -> str:
    """The name of the cookie for this state."""
    return f"traject_way_{''.join(c for c in state[:8] if c.isalnum())}"


class Seals:
    """Seals handshakes and opens them again; every process of an installation has the same key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, handshake: Handshake) -> str:
        """As a word for a cookie."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = json.dumps(asdict(handshake)).encode()
        sealed = nonce + self._cipher.encrypt(nonce, content, PURPOSE)
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, text: str | None, state: str | None) -> Handshake | None:
        """None for what we did not seal, what is of another state, and what is too old."""
        try:
            sealed = base64.urlsafe_b64decode(text or "")
            nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            found = Handshake(**json.loads(self._cipher.decrypt(nonce, content, PURPOSE)))
        except (ValueError, InvalidTag):
            return None
        genuine = state is not None and secrets.compare_digest(found.state, state)
        return found if genuine and found.until > time.time() else None
