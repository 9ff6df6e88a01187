"""A mail is taken by the server and the relay dies: it goes again, and programs show it once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from activities.mail import Post
from deploy.embedded.supervisor import free_port
from events.recording import NoticeDraft
from events.store.keys import MasterKeys
from events.store.outbox import LEASE
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import FACTS, begun

NOW = datetime(2026, 1, 6, 11, tzinfo=UTC)
SENDER = "Traject <traject@school.example>"
DYING = f"""
import asyncio, os, sys
from datetime import datetime
from activities.mail import Post
from events.store.keys import MasterKeys
from events.store.store import Store

async def main(dsn, board, port):
    store = await Store.connect(dsn, MasterKeys.generate(), {{}}, max_size=2)
    post = Post("127.0.0.1", int(port), sender={SENDER!r}, starttls=False)

    async def send(mail):
        await post.send(mail)
        os._exit(9)

    await store.deliver(board, send, datetime.fromisoformat({NOW.isoformat()!r}))

asyncio.run(main(*sys.argv[1:]))
"""


class Letterbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    store = await Store.connect(database.app_dsn, MasterKeys.generate(), FACTS, max_size=3)
    yield store
    await store.close()


async def test_a_relay_that_is_killed_loses_and_doubles_no_mail(
    store: Store, database: Database
) -> None:
    box, port, board = Letterbox(), free_port(), str(uuid4())
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        person = await store.add_person(board, "Oda Ontvanger", "oda@school.example")
        notices = [NoticeDraft(kind="closed", person=person.id, cause=0)]
        await begun(store, board, notices=notices)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DYING, database.app_dsn, board, str(port)
        )
        assert await killed.wait() == 9
        assert await store.mail_counts(board) == {"sending": 1}
        post = Post("127.0.0.1", port, sender=SENDER, starttls=False)
        assert await store.deliver(board, post.send, NOW) == 0
        assert await store.deliver(board, post.send, NOW + LEASE) == 1
    finally:
        server.stop()
    first, again = box.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert first.as_string() == again.as_string()
    assert await store.mail_counts(board) == {"sent": 1}
