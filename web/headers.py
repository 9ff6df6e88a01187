"""Headers that keep a browser from doing more with our pages than we mean it to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
KEYS = ("/sign/", "/feeds/", "/mail/")
"""Addresses below it are keys: they go nowhere else, whatever is answered there."""
_ONLY_TLS = {"strict-transport-security": "max-age=31536000"}
_KEPT_SECRET = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


_EVERYWHERE, _AT_KEYS = _encoded(HEADERS), _encoded(HEADERS | _KEPT_SECRET)


class SecurityHeaders:
    """Adds the headers to every answer that does not bring one of its own by that name.

    ``over_tls``: browsers never call this name without it again.
    """

    def __init__(self, app: App, *, over_tls: bool = False) -> None:
        self._app = app
        more = _encoded(_ONLY_TLS) if over_tls else []
        self._everywhere, self._at_keys = [*_EVERYWHERE, *more], [*_AT_KEYS, *more]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        at_keys = scope["path"].startswith(KEYS)
        headers = self._at_keys if at_keys else self._everywhere

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {name for name, _ in own}
                message["headers"] = [*own, *(one for one in headers if one[0] not in names)]
            await send(message)

        await self._app(scope, receive, sent)
