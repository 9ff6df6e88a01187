"""``docs/permissions.md``: the whole table for whoever works on the product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from web.permissions.commands import Grant, reads, rows
from web.permissions.routes import ROUTES
from web.permissions.table import EVERYBODY, VIEWS
from workflows.registry import RULES

HEAD = """\
# Who may see and do what

Written from the program by `python -m tests.checks.documents --write`. The page `/permissions`
says the same in words. What is not in here is open to nobody: the running application asks this
table before a handler runs (`web/permissions/gate.py`). An address that it does not know is not
found, whatever was made to answer there, and a part of the site opens for the roles it names.
Whether somebody has a part in a case is in the case: each handler asks that.
`tests/web/test_gate.py` tries it with handlers that let everybody in;
`tests/web/test_permissions.py` asks every address and every command for every role, in every
relation to the case.

Relations: **new** begins a case, **all** in every case of the board, **some** in every case but
only in some of its states, **own** in cases in which the person has that part. A command is further
bound to the state of the case ([contract.md](contract.md)). What of a case is shown is told by its
process, so that a visit that was not announced is on no page, feed, mail, count or export of
teacher, manager or board before it was held.
"""


def text() -> str:
    """The page as a whole."""
    return HEAD + "\n".join([*_views(), *_routes(), *_processes()]) + "\n"


def _views() -> Iterator[str]:
    yield "\n## Parts of the site\n\n| view | roles |\n| --- | --- |"
    for view, roles in VIEWS.items():
        told = "whoever is signed in" if roles is EVERYBODY else ", ".join(sorted(roles))
        yield f"| `{view}` | {told} |"


def _routes() -> Iterator[str]:
    yield (
        "\n## Addresses\n\n"
        "Opened by a view of the table above, or by: **open** anybody; **link** who holds the "
        "secret in\nthe address; **list** each sees what is theirs; **case** who may read the "
        "case; **start** and\n**command** whom the tables below name.\n\n"
        "| address | opened by |\n| --- | --- |"
    )
    for address, access in ROUTES.items():
        yield f"| `{address}` | {access} |"


def _processes() -> Iterator[str]:
    for process in RULES:
        yield f"\n## {process}\n\n| what | who |\n| --- | --- |"
        yield f"| read | {_who(reads(process))} |"
        for row in rows(process):
            yield f"| {row.command} | {_who(row.grants)} |"


def _who(grants: Iterable[Grant]) -> str:
    return ", ".join(f"{one.role} ({one.relation})" for one in grants)
