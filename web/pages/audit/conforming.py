"""Whether the rules allowed what was recorded in a case: each command is put to them again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.audit.history import Kept
from events.store.errors import Erased
from web.dossiers import Dossier
from web.site import Site
from workflows.conformance import Board, Finding, Report, Saved, conform, meet, untold
from workflows.registry import EARLIER

if TYPE_CHECKING:
    from events.audit.commands import Commands


@dataclass(frozen=True)
class Ruled:
    """The commands of a case by the version of their first event, and what was found of them."""

    commands: Mapping[int, Kept]
    findings: Mapping[int, Sequence[Finding]]

    def command_of(self, version: int) -> Kept | None:
        """The command that left the event of this version."""
        first = max((one for one in self.commands if one <= version), default=None)
        return None if first is None else self.commands[first]

    def found_of(self, kept: Kept) -> Sequence[Finding]:
        """What was found of a command, the worst first."""
        return self.findings.get(kept.events[0]["version"], ())

    @property
    def wrong(self) -> list[Finding]:
        """All that is more than a note, in the order of the case."""
        found = [one for several in self.findings.values() for one in several]
        return sorted((o for o in found if o.weight == "wrong"), key=lambda one: one.version)


async def ruled(site: Site, tenant: str, dossier: Dossier) -> Ruled:
    """The whole case by itself, and where it meets other cases."""
    commands = site.store.commands
    history = await commands.history(tenant, dossier.process, dossier.stream)
    board = await _board(site, commands, tenant)
    reports = [conform(history, board)]
    for stream, process in (await commands.beside(tenant, dossier.stream)).items():
        reports.append(await _report(commands, board, tenant, process, stream))
    met = [one for one in meet(reports, whole=False) if one.stream == dossier.stream]
    firsts = sorted(kept.events[0]["version"] for kept in history.commands)
    findings: dict[int, list[Finding]] = {}
    for one in sorted([*reports[0].findings, *met], key=lambda one: one.weight, reverse=True):
        findings.setdefault(_first(firsts, one.version), []).append(one)
    return Ruled({kept.events[0]["version"]: kept for kept in history.commands}, findings)


def _first(firsts: Sequence[int], version: int) -> int:
    """The first event of the command that left the event of a version."""
    place = bisect_right(firsts, version)
    return firsts[place - 1] if place else version


async def _report(
    commands: Commands, board: Board, tenant: str, process: str, stream: str
) -> Report:
    try:
        return conform(await commands.history(tenant, process, stream), board)
    except Erased:
        return untold(tenant, process, stream, await commands.command_ids(tenant, stream))


async def _board(site: Site, commands: Commands, tenant: str) -> Board:
    saved = await commands.all_settings(tenant)
    return Board(
        rules=site.rules,
        earlier=EARLIER,
        settings=[Saved(settings, at) for settings, at in saved],
        now=await commands.now(),
        since=await commands.kept_since(),
        shifted=site.installation != "production",
    )
