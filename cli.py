"""The ``traject`` command: starts the parts of the product and answers for it on a terminal."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from deploy import backup_cli, terminal
from deploy.access_cli import access_app
from deploy.audit_cli import audit_app
from deploy.boards_cli import board_app, person_app, token_app
from deploy.erase_cli import erase
from deploy.keys_cli import keys_app
from deploy.privacy_cli import retention_app
from deploy.projections_cli import projections_app
from deploy.terminal import FAILED, INTERRUPTED, OK, AsJson
from settings import BadSettings

app = typer.Typer(
    help="Traject: supervision trajectories in schools, from request to closing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
scenario_app = typer.Typer(
    help="Executable stories: every step checked.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(scenario_app, name="scenario")

app.add_typer(board_app, name="board")
app.add_typer(person_app, name="person")
app.add_typer(token_app, name="token")
app.add_typer(access_app, name="access")
app.add_typer(keys_app, name="keys")
app.add_typer(projections_app, name="projections")
app.add_typer(audit_app, name="audit")
app.add_typer(retention_app, name="retention")


class Engine(StrEnum):
    """What a scenario runs on."""

    PURE = "pure"
    TEMPORAL = "temporal"


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="With example people and cases.")] = False,
    port: Annotated[
        int | None, typer.Option(help="The port of the web part (default 8000).")
    ] = None,
) -> None:
    """Start everything on this machine, and stop it all with Ctrl-C.

    PostgreSQL and Temporal are started too, unless TRAJECT_POSTGRES_DSN and
    TRAJECT_TEMPORAL_ADDRESS point to running ones. Data is kept between starts.
    """
    from deploy.up import Up, run

    changes: dict[str, Any] = {"installation": "demo"} if demo else {}
    if port is not None:
        changes["http_port"] = port
    settings = terminal.settings(**changes)

    async def ready(running: Up) -> None:
        if running.is_demo:
            from deploy.demo.seed import seed

            people = await seed(running)
        else:
            people = []
        typer.echo(_welcome(running.url, running.temporal_ui, str(running.home.folder), people))

    terminal.run(run(settings, typer.echo, ready))


@app.command()
def worker() -> None:
    """Run the processes: workflows, activities, the sequencer and the outbox."""
    from observability import configure_logging
    from worker import run_worker

    settings = terminal.settings()
    configure_logging(settings.log_level)
    terminal.run(run_worker(settings), fast=True)


@app.command()
def web() -> None:
    """Serve the API and the pages."""
    from observability import configure_logging
    from web.serve import serve

    settings = terminal.settings()
    configure_logging(settings.log_level)
    terminal.run(serve(settings), fast=True)


@app.command()
def migrate(
    secrets: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="Also make there, once, a login for each part, the master and the log keys"
            " (TRAJECT_SECRETS names the folder for the parts).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the database to the schema of this version."""
    from deploy.secret_files import make_secrets
    from events.store.migrate import mark_installation
    from events.store.migrate import migrate as apply

    settings = terminal.settings()

    async def work() -> tuple[list[str], list[str]]:
        applied = await apply(settings.owner_database)
        await mark_installation(settings.owner_database, settings.installation)
        if secrets is None:
            return applied, []
        origin = settings.log_origin
        return applied, await make_secrets(settings.owner_database, secrets, origin)

    applied, made = terminal.run(work())
    if as_json:
        typer.echo(json.dumps({"applied": applied, "made": made}))
        return
    for name in applied:
        typer.echo(f"applied {name}")
    for name in made:
        typer.echo(f"made {name}")
    typer.echo("The schema is up to date.")


@scenario_app.command("run")
def scenario_run(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True)
    ],
    engine: Annotated[
        Engine, typer.Option(help="pure: the rules in memory; temporal: the whole product.")
    ] = Engine.PURE,
    as_json: AsJson = False,
) -> None:
    """Run scenario files; each step that fails gets a line, and a last line counts them."""
    from deploy.scenario_run import play

    outcomes = terminal.run(play(files, engine.value))
    failures = [line for outcome in outcomes for line in outcome.failures]
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    if as_json:
        typer.echo(json.dumps({"passed": passed, "failed": failed, "failures": failures}, indent=2))
    else:
        for line in failures:
            typer.echo(line)
        typer.echo(f"{passed} passed, {failed} failed")
    terminal.end(FAILED if failed else OK)


@app.command()
def recover(
    restored: Annotated[
        bool,
        typer.Option(
            "--restored",
            help="PostgreSQL was restored too: also stop what runs for cases it does not know.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare every open case with its process in Temporal, and mend what is lost or differs.

    Safe to repeat and to interrupt; 'docs/recovery.md' tells when it is needed.
    """
    from dataclasses import asdict

    from deploy.recovery import recover_all, sentence

    shown = not as_json and sys.stderr.isatty()
    found = terminal.run(recover_all(terminal.joined(), restored=restored, progress=shown))
    terminal.answer(sentence(found), asdict(found), as_json)
    terminal.end(FAILED if found.failed else OK)


app.command()(backup_cli.backup)
app.command()(backup_cli.restore)


app.command()(erase)


@app.command()
def mail(
    board: Annotated[str | None, typer.Option(help="Of one board only.")] = None,
    to: Annotated[
        str | None, typer.Option(help="Only to whom has this in name or address.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the mail that waits in the outbox of a test or demo installation, with its links.

    Without a mail server nothing leaves, and this is the way to follow a link.
    """
    from deploy.outbox import kept_mail, page_of

    rows = terminal.run(kept_mail(terminal.joined(), board, to or ""))
    text = "\n".join(page_of(row) for row in rows) or "There is no mail in the outbox."
    terminal.answer(text, rows, as_json)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def bench(
    figures: Annotated[
        list[str] | None, typer.Argument(metavar="[FIGURE...]", help="All, when none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the figures, each beside its yardstick (needs a checkout: './dev bench')."""
    home = Path(__file__).parent
    if not (home / "tests" / "benchmarks").is_dir():
        terminal.fail("The benchmarks come with a checkout, not with an installation.")
    words = [*(figures or []), *(["--json"] if as_json else [])]
    os.chdir(home)
    os.execv(sys.executable, [sys.executable, "-m", "tests.benchmarks", *words])  # noqa: S606


@app.command()
def config(as_json: AsJson = False) -> None:
    """Show the settings as this environment gives them, secrets masked."""
    shown = terminal.settings().shown()
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    for name, value in shown.items():
        typer.echo(f"{name} = {'' if value is None else value}")


def _welcome(url: str, ui: str | None, folder: str, people: list[Any]) -> str:
    lines = ["", f"Traject is running:  {url}"]
    if ui:
        lines.append(f"Temporal's own UI:   {ui}")
    lines.append(f"Data and logs:       {folder}")
    if people:
        lines += ["", f"Sign in at {url} by choosing a person, or call the API with a token:", ""]
        width = max(len(person.name) for person in people)
        roles = max(len(", ".join(person.roles)) for person in people)
        lines += [
            f"  {person.name:<{width}}  {', '.join(person.roles):<{roles}}  {person.token}"
            for person in people
        ]
        lines += ["", "Mail stays here; to read it: TRAJECT_INSTALLATION=demo traject mail"]
    return "\n".join([*lines, "", "Ctrl-C stops everything."])


def main() -> NoReturn:
    """Run one command; what goes wrong becomes a sentence and an exit code."""
    try:
        code = app(standalone_mode=False)
    except KeyboardInterrupt:
        terminal.end(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the terminal gets a sentence, whatever it was
        if os.environ.get("TRAJECT_LOG_LEVEL") == "debug":
            traceback.print_exc()
        typer.echo(_sentence(error), err=True)
        terminal.end(getattr(error, "exit_code", FAILED))
    terminal.end(code if isinstance(code, int) else OK)


def _sentence(error: BaseException) -> str:
    import asyncpg

    from deploy.boards import BadBoard
    from deploy.embedded.supervisor import StartFailed
    from deploy.keys import KeysRefused
    from events.audit.contradiction import Contradiction
    from events.audit.publishing import Away, BadPlace
    from events.holidays import UnknownRegion
    from events.projections.builds import Unfinished
    from events.projections.known import UnknownProjection
    from events.store.directory import UnknownPerson
    from events.store.emergency import LoginTaken, WeakPassword
    from events.store.errors import BadKeys
    from events.store.identities import HomeTaken
    from events.store.ledger import NotObeyed
    from events.store.migrate import MigrationRefused
    from events.store.rewrapping import KeysBusy
    from workflows.scenarios import BadScenario

    if isinstance(error, BaseExceptionGroup):
        return _sentence(error.exceptions[0])
    format_message = getattr(error, "format_message", None)
    if format_message is not None:
        context = getattr(error, "ctx", None)
        usage = f"{context.get_usage()}\n" if context else ""
        return f"{usage}{format_message()}"
    told = BadSettings, StartFailed, MigrationRefused, BadScenario, BadBoard, UnknownRegion, BadKeys
    if isinstance(error, (*told, KeysBusy, KeysRefused, NotObeyed)):
        return str(error)
    if isinstance(error, Contradiction | Away | BadPlace):
        return str(error)
    if isinstance(error, UnknownProjection | Unfinished):
        return str(error)
    if isinstance(error, LoginTaken | WeakPassword | HomeTaken):
        return str(error)
    if isinstance(error, UnknownPerson):
        return f"The board has no such person: {error}."
    if isinstance(error, asyncpg.PostgresError):
        return f"PostgreSQL refuses: {error}."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            "The port is taken by another program."
            " Stop that program, or choose another port with TRAJECT_HTTP_PORT."
        )
    if isinstance(error, ConnectionError):
        return f"A server that the settings name does not answer: {error}."
    if isinstance(error, OSError):
        return f"{error.filename or 'The system'}: {error.strerror or error}."
    return (
        f"This should not have happened: {type(error).__name__}: {error}."
        " TRAJECT_LOG_LEVEL=debug shows where."
    )


if __name__ == "__main__":
    main()
