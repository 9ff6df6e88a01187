"""An append that does not come from the loan's own process, as after a reset or a lost task."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from events.recording import ActorRef, Draft, Recording
from tests.toy.stage import Stage
from tests.toy.story import Loan, index


def note_recording(stage: Stage, stream: str, version: int) -> Recording:
    now = datetime.now(UTC)
    return Recording(
        tenant=stage.tenant,
        process="loans",
        stream=stream,
        expected_version=version,
        command_id=str(uuid4()),
        command="AddNote",
        content_hash="foreign",
        actor=ActorRef(person=stage.librarian.person, role="librarian"),
        recorded_at=now,
        correlation_id=stream,
        settings_version=1,
        events=[
            Draft(type="NoteAdded", occurred_on=now.date().isoformat(), data={"text": "foreign"})
        ],
        index=index(Loan(borrower=stage.borrower)),
    )
