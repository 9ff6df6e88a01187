"""Calls the API at next to no cost of its own, so that a figure is the product's.

A full HTTP client takes a fifteenth of the processor time of a step, on the same two cores.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Caller:
    """Keeps its connections open; any number of calls may run at once, each on its own."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[_Line] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for line in self._idle:
            line.writer.close()
        self._idle.clear()

    async def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Raises OSError or asyncio.IncompleteReadError when the server goes away."""
        content = json.dumps(body, ensure_ascii=False).encode()
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{said}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        ).encode() + content
        while self._idle:
            line = self._idle.pop()
            try:
                return await self._exchange(line, request)
            except (ConnectionError, asyncio.IncompleteReadError):
                # The server had closed a line that rested too long.
                line.writer.close()
        return await self._exchange(
            _Line(*await asyncio.open_connection(self._host, self._port)), request
        )

    async def _exchange(self, line: _Line, request: bytes) -> Answer:
        line.writer.write(request)
        head = (await line.reader.readuntil(END_OF_HEAD)).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (row.partition(":") for row in head[1:] if row)
        }
        content = await line.reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            line.writer.close()
        else:
            self._idle.append(line)
        return Answer(int(head[0].split(" ")[1]), headers, content)
