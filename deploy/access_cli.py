"""The commands ``access ...``: who comes in and how, and who is put out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.terminal import AsJson, answer, fail, joined, run

access_app = typer.Typer(
    help="Who comes in and how: rules of a board, emergencies, sessions and tokens.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@access_app.command("board")
def access_board(
    board: str,
    home: Annotated[
        list[str] | None,
        typer.Option(help="What the identity provider calls this board; may be given again."),
    ] = None,
    link_by_email: Annotated[
        bool | None,
        typer.Option(
            "--link-by-email/--no-link-by-email",
            help="Know an account by its verified mail address the first time.",
        ),
    ] = None,
    make_people: Annotated[
        bool | None,
        typer.Option(
            "--make-people/--no-make-people",
            help="Make a person of who is not known yet.",
        ),
    ] = None,
    roles_by: Annotated[
        str | None,
        typer.Option(help="Who says what somebody is: board, both or provider."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="VALUE=ROLE: what a value of the roles claim means; replaces all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how a board lets in who comes from the identity provider, or show it.

    What is not given stays as it is.
    """
    from deploy import access

    given = {"link_by_email": link_by_email, "make_people": make_people, "roles_by": roles_by}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if role is not None:
        changes["roles"] = access.roles_of(role)
    found = run(access.change_rules(joined(), board, home, changes))
    answer("\n".join(f"{key} = {value}" for key, value in found.items()), found, as_json)


@access_app.command("break-glass")
def access_break_glass(
    board: str,
    login: Annotated[str, typer.Option(help="The name to sign in by; no two are alike.")],
    person: Annotated[
        str | None, typer.Option(help="An administrator who is nothing else.")
    ] = None,
    name: Annotated[str, typer.Option(help="What a new person is called.")] = "Noodbeheer",
    password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the password.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let an administrator in by a password, for when the identity provider is away.

    Without a file the password is typed here, twice. It serves at /sign-in/emergency, and every
    use and every failure is noted. That administrator sees no case.
    """
    from deploy import access

    password = access.password_from(password_file)
    made = run(access.break_glass(joined(), board, login, password, person, name))
    answer(f"Person {made['person']} comes in as {made['login']}.", made, as_json)


@access_app.command("break-glass-off")
def access_break_glass_off(
    board: str,
    person: Annotated[str | None, typer.Option(help="Only this person.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let nobody in by a password any more, and sign out who was."""
    from deploy import access

    ended = run(access.switch_off(joined(), board, person))
    answer(f"Switched off for {len(ended)}.", {"ended": ended}, as_json)


@access_app.command("emergencies")
def access_emergencies(board: str, as_json: AsJson = False) -> None:
    """List who may come in by a password, and when that was last done."""
    from deploy import access

    rows = run(access.emergencies(joined(), board))
    lines = [
        f"{row['login']}  {row['person']}  {'on' if row['active'] else 'off'}"
        f"  last used {row['used_at'] or 'never'}"
        for row in rows
    ]
    answer("\n".join(lines) or "Nobody: 'traject access break-glass'.", rows, as_json)


@access_app.command("sessions")
def access_sessions(board: str, person: str, as_json: AsJson = False) -> None:
    """List where a person is signed in."""
    from deploy import access

    rows = run(access.sessions(joined(), board, person))
    lines = [
        f"{row['session']}  {row['how']}  {row['device'] or 'unknown device'}"
        f"  last used {row['used_at']}"
        for row in rows
    ]
    answer("\n".join(lines) or "Nowhere.", rows, as_json)


@access_app.command("end")
def access_end(
    board: str,
    person: str,
    unlink: Annotated[
        bool,
        typer.Option("--unlink", help="Forget which account this is, so that it can be another."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign a person out everywhere and end all tokens, at once."""
    from deploy import access

    ended = run(access.end(joined(), board, person, unlink=unlink))
    text = f"Ended: {ended['sessions']} sessions, {ended['tokens']} tokens."
    answer(text + (f" Forgotten: {ended['accounts']} accounts." if unlink else ""), ended, as_json)


@access_app.command("link")
def access_link(
    board: str,
    person: str,
    subject: Annotated[str, typer.Option(help="What the provider calls the account.")],
    issuer: Annotated[
        str | None, typer.Option(help="The provider; without it that of the settings.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which account at the identity provider a person is.

    Somebody whom the board does not know yet is told the account's mark at the first sign-in.
    """
    from deploy import access

    found = joined()
    where = issuer or found.oidc_issuer
    if where is None:
        fail("No identity provider is set: give --issuer.")
    run(access.link(found, board, person, where, subject))
    answer("From now on that account is this person.", {"linked": True}, as_json)


@access_app.command("tokens")
def access_tokens(
    board: str,
    person: Annotated[str | None, typer.Option(help="Of this person only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the tokens of a board that hold; what they are is kept nowhere."""
    from deploy import access

    rows = run(access.tokens(joined(), board, person))
    lines = [
        f"{row['token']}  {row['whose']}  {row['name'] or '-'}  until {row['ends_at'] or 'revoked'}"
        for row in rows
    ]
    answer("\n".join(lines) or "There are none.", rows, as_json)


@access_app.command("end-token")
def access_end_token(board: str, token: str, as_json: AsJson = False) -> None:
    """End a token by the id that 'traject access tokens' tells."""
    from deploy import access

    run(access.end_token(joined(), board, token))
    answer("The token was ended.", {"ended": True}, as_json)
