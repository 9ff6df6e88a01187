"""The command ``erase``."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.terminal import FAILED, OK, AsJson, answer, end, fail, joined, run

if TYPE_CHECKING:
    from deploy.erasure import Outcome, Search, Tools
    from deploy.traces import Traces
    from events.store.certificates import Certificate
    from events.store.erasing import Erasable
    from settings import Settings
    from web.texts import Language


def erase(
    streams: Annotated[
        list[str] | None, typer.Argument(metavar="[STREAM...]", help="The cases, by their ids.")
    ] = None,
    approved: Annotated[
        bool, typer.Option("--approved", help="All that were approved, or broken off before.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Of the approved ones those whose term is over.")
    ] = False,
    certificate: Annotated[
        bool, typer.Option("--certificate", help="Only show the certificates of erased cases.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be erased, and what would not.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    operator: Annotated[
        str | None, typer.Option(help="Who is named in the certificate; by default this user.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the certificate: nl or en.")] = "nl",
    look_for: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Afterwards also look everywhere for the words in this file, one a line.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Destroy cases for good, and prove it. Only what was requested and approved is erased.

    Safe to break off at every point: run it again. It needs the owner of the database, Temporal,
    and the place where this installation publishes.
    """
    from activities.forgetting import StillKnownError
    from deploy.erasure import NotGone
    from events.audit.publishing import Away, BadPlace
    from events.store.clearing import StillSeen
    from events.store.ledger import NotObeyed

    if bool(streams) + approved + due != 1:
        fail("Name cases, or say --approved or --due.")
    if language not in ("nl", "en"):
        fail("A certificate is in nl or en.")
    ids = [_uuid(stream) for stream in streams or ()] or None
    try:
        if certificate:
            texts = run(_certificates(joined(), ids, language))
            answer("\n".join(text for text, _ in texts), [kept for _, kept in texts], as_json)
            end(OK)
        words = _words(look_for) if look_for is not None else []
        asked = _Asked(ids, due, dry_run, yes, as_json, operator or _user(), words)
        outcomes = run(_erase(joined(), asked))
    except (StillKnownError, NotGone, Away, BadPlace, StillSeen, NotObeyed) as problem:
        fail(str(problem))
    if not dry_run:
        rows = [_row(outcome) for outcome in outcomes]
        found = sorted({place for outcome in outcomes for place in _found_in(outcome)})
        lines = [_line(row) for row in rows] + [f"found in {place}" for place in found]
        answer("\n".join(lines) or "There is nothing to erase.", rows, as_json)
    well = all(outcome.refusal is None and not _found_in(outcome) for outcome in outcomes)
    end(OK if well else FAILED)


class _Asked:
    """What was asked for on the command line."""

    def __init__(
        self,
        streams: list[str] | None,
        due: bool,
        dry_run: bool,
        yes: bool,
        as_json: bool,
        operator: str,
        words: list[bytes],
    ) -> None:
        self.streams = streams
        self.due = due
        self.dry_run = dry_run
        self.yes = yes
        self.as_json = as_json
        self.operator = operator
        self.words = words


def _uuid(stream: str) -> str:
    from uuid import UUID

    try:
        return str(UUID(stream))
    except ValueError:
        fail(f"{stream} is no id of a case.")


def _words(file: Path) -> list[bytes]:
    from deploy.traces import SHORTEST

    words = [line.strip() for line in file.read_bytes().splitlines() if line.strip()]
    if not words or min(map(len, words)) < SHORTEST:
        fail(f"{file} has to hold words of at least {SHORTEST} bytes, one a line.")
    return words


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


@asynccontextmanager
async def _tools(
    settings: Settings, operator: str, words: Sequence[bytes] = ()
) -> AsyncIterator[Tools]:
    from activities.faults import fault_of_environment
    from deploy.erasure import Tools
    from deploy.exporting import exports_folder
    from events.audit.publishing import Publication
    from events.store.erasing import Eraser
    from events.store.keyring import KeyRing
    from events.store.ledger import Ledger, obey_ledger
    from events.store.store import Store
    from workflows.registry import RULES
    from workflows.wire import connect_by

    stories = {name: rules.story for name, rules in RULES.items()}
    store = await Store.connect(
        settings.database("app"),
        KeyRing.load(settings.master_keys),
        {name: story.facts for name, story in stories.items()},
    )
    try:
        ledger = Ledger(Publication.at(settings.published))
        await obey_ledger(store, ledger, settings.owner_database, stories)
        store.opens_to_the_last = True
        eraser = await Eraser.connect(settings.owner_database)
        try:
            temporal = await connect_by(settings, store.dossier_key, lazy=True)
            fault = fault_of_environment(settings.installation)
            exports = exports_folder(settings)
            search = _search(settings, words) if words else None
            yield Tools(store, eraser, temporal, ledger, RULES, operator, exports, fault, search)
        finally:
            await eraser.close()
    finally:
        await store.close()


def _search(settings: Settings, words: Sequence[bytes]) -> Search:
    """Through the database and all that this installation keeps on this machine."""
    from deploy.traces import look_for

    async def search(keys: Sequence[bytes]) -> Traces:
        folders = [settings.data_folder]
        published = Path(settings.published)
        if published.is_dir() and not published.is_relative_to(settings.data_folder):
            folders.append(published)
        return await look_for(settings.owner_database, folders, [*words, *keys])

    return search


async def _erase(settings: Settings, asked: _Asked) -> list[Outcome]:
    from deploy.erasure import Outcome, erase_all, may_be_erased
    from deploy.progress import progress_bar

    async with _tools(settings, asked.operator, asked.words) as tools:
        looked: list[tuple[Erasable, str | None, str]] = []
        for dossier in await _found(tools, asked.streams):
            refusal, ground = await may_be_erased(tools, dossier)
            if not asked.due or ground == "retention":
                looked.append((dossier, refusal, ground))
        if asked.streams is None:
            # What was approved once and is not any more is nobody's request.
            looked = [one for one in looked if one[1] is None or one[1] == "erasure.on_hold"]
        if asked.dry_run:
            _tell(looked, asked.as_json)
            return [Outcome(dossier, refusal=refusal) for dossier, refusal, _ in looked]
        wanted = [dossier for dossier, refusal, _ in looked if refusal is None]
        if wanted and not asked.yes:
            _ask(looked)
        shown = (
            nullcontext(lambda _done, _total: None) if asked.as_json else progress_bar("Erasing")
        )
        with shown as tell:
            outcomes = await erase_all(tools, wanted, tell)
        refused = [Outcome(dossier, refusal=code) for dossier, code, _ in looked if code]
        return [*outcomes, *refused]


async def _found(tools: Tools, streams: Sequence[str] | None) -> list[Erasable]:
    found = await tools.eraser.found(streams)
    missing = set(streams or ()) - {dossier.stream for dossier in found}
    if missing:
        fail(f"There is no such case: {', '.join(sorted(missing))}.")
    return found


async def _certificates(
    settings: Settings, streams: Sequence[str] | None, language: Language | str
) -> list[tuple[str, Any]]:
    from events.store.certificates import Certificate
    from web.documents.certificates import certificate_text
    from web.texts import texts

    async with _tools(settings, "") as tools:
        shown: list[tuple[str, Any]] = []
        for dossier in await _found(tools, streams):
            if dossier.certificate is None:
                fail(f"{dossier.stream} has no certificate: its erasure did not come to its end.")
            kept = Certificate.model_validate_json(dossier.certificate)
            names = await tools.store.names(kept.tenant, _people(kept))
            board = await tools.store.settings(kept.tenant)
            words = texts("en" if language == "en" else "nl")
            text = certificate_text(kept, words, board, names)
            shown.append((text, json.loads(dossier.certificate)))
        return shown


def _people(certificate: Certificate) -> set[str]:
    asked = (certificate.requested.by, certificate.approved.by)
    return {person for person in asked if person is not None}


def _tell(looked: Sequence[tuple[Erasable, str | None, str]], as_json: bool) -> None:
    rows = [
        {
            "stream": dossier.stream,
            "process": dossier.process,
            "board": dossier.tenant,
            "ground": ground,
            "begun": dossier.begun_at is not None,
            "refusal": refusal,
        }
        for dossier, refusal, ground in looked
    ]
    lines = [
        f"{row['stream']}  {row['process']}  {row['ground']}  "
        + (f"not erased: {row['refusal']}" if row["refusal"] else "would be erased")
        for row in rows
    ]
    answer("\n".join(lines) or "There is nothing to erase.", rows, as_json)


def _ask(looked: Sequence[tuple[Erasable, str | None, str]]) -> None:
    if not sys.stdin.isatty():
        fail("Nobody is there to be asked. Say --yes to erase without a question.")
    _tell(looked, as_json=False)
    count = sum(refusal is None for _, refusal, _ in looked)
    if not typer.confirm(f"This cannot be undone. Erase {count}?"):
        fail("Nothing was erased.")


def _found_in(outcome: Outcome) -> list[str]:
    """Where something was found that was looked for."""
    steps = outcome.certificate.steps if outcome.certificate is not None else ()
    return [place for step in steps for place in step.evidence.get("found", ())]


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "stream": outcome.dossier.stream,
        "process": outcome.dossier.process,
        "board": outcome.dossier.tenant,
        "refusal": outcome.refusal,
        "certificate": None,
    }
    if outcome.certificate is not None:
        row["certificate"] = outcome.certificate.model_dump(mode="json")
    return row


def _line(row: dict[str, Any]) -> str:
    if row["refusal"]:
        return f"{row['stream']}  {row['process']}  not erased: {row['refusal']}"
    return (
        f"{row['stream']}  {row['process']}  erased at {row['certificate']['erased_at']};"
        f" to read its certificate: traject erase --certificate {row['stream']}"
    )
