"""A real internship up to its agreement, for tests of what is the same in all processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.web.conftest import Board

AGREEMENT = {
    "goal": "Een lasrobot leren programmeren",
    "half_days": 10,
    "times": "8.00 tot 12.00 en 12.30 tot 16.30 uur",
    "tasks": "Meewerken aan de lascel",
    "insurance": "De school heeft de docent verzekerd",
    "confidentiality": "Tekeningen blijven in het bedrijf",
    "costs": "Reiskosten betaalt de school",
}


async def command(
    board: Board, path: str, name: str, data: dict[str, Any] | None = None, *, by: str
) -> str:
    """A command that has to be accepted; the id of its case. ``path`` is a process or a case."""
    headers = board.headers(by, Idempotency_Key=str(uuid4()))
    body: dict[str, Any] = data or {}
    if "/" in path:
        path = f"{path}/commands/{name}"
    else:
        body = {"command": name, "data": body}
    answer = await board.http.post(f"/api/v1/{path}", json=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


async def people_of(board: Board) -> None:
    """Those an internship needs, besides teacher and coordinator."""
    await board.add("leader", "Dirk Verhagen", "school_leader")
    await board.add("deputy", "Bart Hogenkamp", "teacher")
    await board.add("host", "Arno van Stralen", "contact")


async def partner(board: Board) -> str:
    """An active partner with one contact."""
    ids = {key: person.id for key, person in board.people.items()}
    known = {
        "name": "Metaalwerken Van Stralen BV",
        "kind": "company",
        "levels": ["organisation"],
        "obligation": "additional",
        "origin": "sought",
        "school_leader": ids["leader"],
    }
    stream = await command(board, "partners", "RegisterPartner", known, by="coordinator")
    fit = {"motive": "nearness", "explanation": "Naast de school", "profile_match": "good"}
    await command(board, f"partners/{stream}", "AssessFit", fit, by="coordinator")
    looked_after = {
        "primary_contact": ids["host"],
        "coordinator": ids["coordinator"],
        "deputy": ids["deputy"],
    }
    await command(board, f"partners/{stream}", "ActivatePartner", looked_after, by="coordinator")
    return stream


async def drafted(board: Board, host: str, days_ahead: int = 20, **changes: Any) -> str:
    """An internship whose agreement waits for three signatures; it lasts a week."""
    ids = {key: person.id for key, person in board.people.items()}
    proposal = {
        "question": "Hoe wordt een lasrobot geprogrammeerd?",
        "kind": "deepening",
        "half_days": 10,
        "school": "vmbo De Klinker",
        "school_leader": ids["leader"],
    }
    stream = await command(board, "internships", "ProposeInternship", proposal, by="teacher")
    first = datetime.now(UTC).date() + timedelta(days=days_ahead)
    days = {"from": str(first), "to": str(first + timedelta(days=6))}
    agreed = AGREEMENT | days | changes
    matched = {"host": host, "contact": ids["host"]}
    for by, name, data in (
        ("leader", "ApproveInternship", {"replacement": "arranged"}),
        ("coordinator", "MatchHost", matched),
        ("coordinator", "NameHostSupervisor", {"supervisor": ids["host"]}),
        ("coordinator", "DraftAgreement", agreed),
    ):
        await command(board, f"internships/{stream}", name, data, by=by)
    return stream
