"""The commands ``board``, ``person`` and ``token``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from deploy.terminal import AsJson, answer, joined, run
from events.event import Role

board_app = typer.Typer(
    help="School boards and their settings.", no_args_is_help=True, rich_markup_mode=None
)
person_app = typer.Typer(
    help="People of a board and their roles.", no_args_is_help=True, rich_markup_mode=None
)
token_app = typer.Typer(
    help="Personal tokens for the API.", no_args_is_help=True, rich_markup_mode=None
)

Roles = Annotated[
    list[str], typer.Option(help=f"One of {', '.join(get_args(Role))}; may be given again.")
]


@board_app.command("add")
def board_add(
    region: Annotated[str, typer.Option(help="noord, midden or zuid.")] = "midden",
    timezone: Annotated[str, typer.Option(help="Where the board is.")] = "Europe/Amsterdam",
    holidays: Annotated[
        Path | None, typer.Option(help="A file of closed days; without it the Dutch ones.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a board, with the holidays of its region."""
    from deploy import boards

    made = run(boards.add_board(joined(), region, timezone, holidays))
    answer(f"Board {made} was made.", {"board": made}, as_json)


@board_app.command("show")
def board_show(board: str, as_json: AsJson = False) -> None:
    """Show a board's settings."""
    from deploy import boards

    found = run(boards.show_board(joined(), board))
    answer("\n".join(f"{key} = {value}" for key, value in found.items()), found, as_json)


@board_app.command("set")
def board_set(
    board: str,
    changes: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...")],
    as_json: AsJson = False,
) -> None:
    """Change settings of a board; they hold from now on, also for running cases."""
    from deploy import boards

    pairs = [change.partition("=") for change in changes]
    wanted = {key: boards.value_of(value) for key, _, value in pairs}
    version = run(boards.change_board(joined(), board, wanted))
    answer(f"These are the board's settings, version {version}.", {"version": version}, as_json)


@board_app.command("holidays")
def board_holidays(
    board: str,
    region: Annotated[str, typer.Option(help="noord, midden or zuid.")],
    file: Annotated[
        Path | None, typer.Option(help="A file of closed days; without it the Dutch ones.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replace a board's closed days, such as for a new school year."""
    from deploy import boards

    version = run(boards.set_holidays(joined(), board, region, file))
    answer(f"These are the board's settings, version {version}.", {"version": version}, as_json)


@person_app.command("add")
def person_add(
    board: str,
    name: str,
    role: Roles,
    email: Annotated[str | None, typer.Option(help="Where mail goes.")] = None,
    language: Annotated[str, typer.Option(help="nl or en.")] = "nl",
    as_json: AsJson = False,
) -> None:
    """Add a person, and show a first token this once."""
    from deploy import boards

    made = run(boards.add_person(joined(), board, name, role, email, language))
    answer(f"Person {made['person']}, token {made['token']}", made, as_json)


@person_app.command("list")
def person_list(board: str, as_json: AsJson = False) -> None:
    """List a board's people."""
    from deploy import boards

    rows = run(boards.everyone(joined(), board))
    lines = [f"{row['person']}  {row['name']}  {', '.join(row['roles'])}" for row in rows]
    answer("\n".join(lines) or "Nobody yet: 'traject person add'.", rows, as_json)


@person_app.command("roles")
def person_roles(board: str, person: str, role: Roles, as_json: AsJson = False) -> None:
    """Say what a person is from now on."""
    from deploy import boards

    run(boards.set_roles(joined(), board, person, role))
    answer(f"From now on: {', '.join(role)}.", {"roles": role}, as_json)


@person_app.command("leave")
def person_leave(board: str, person: str, as_json: AsJson = False) -> None:
    """End a person's access at once, with all tokens."""
    from deploy import boards

    ended = run(boards.leave(joined(), board, person))
    answer(f"Access has ended; {ended} tokens were revoked.", {"revoked": ended}, as_json)


@token_app.command("issue")
def token_issue(board: str, person: str, as_json: AsJson = False) -> None:
    """Give a person a further token, shown this once."""
    from deploy import boards

    token = run(boards.issue_token(joined(), board, person))
    answer(token, {"token": token}, as_json)


@token_app.command("revoke")
def token_revoke(token: str, as_json: AsJson = False) -> None:
    """End a token at once."""
    from deploy import boards

    run(boards.revoke_token(joined(), token))
    answer("The token was ended.", {"revoked": True}, as_json)
