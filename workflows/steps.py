"""Who may give which command in which state: the first checks of every command (contract 1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from events.event import PROCESS_ROLE
from workflows.decision import Giver, Refused


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a process's table of commands.

    ``givers`` are roles, the first that fits counts; ``phases`` those in which it may come.
    ``suspended``: also while the case is suspended; ``restricted``: also while its processing is;
    ``final``: the end states in which it still may come. ``early`` is the command's own code while
    a step before it is missing, in the phases of ``early_in``; ``late`` that of a command that may
    no longer come, in those of ``late_in``.
    """

    givers: tuple[str, ...]
    phases: frozenset[str]
    suspended: bool = False
    restricted: bool = False
    final: frozenset[str] = frozenset()
    early: str | None = None
    early_in: frozenset[str] = frozenset()
    late: str | None = None
    late_in: frozenset[str] = frozenset()


def acting_role(
    step: Step, giver: Giver, mine: Collection[str], subjects: Collection[str] = ()
) -> str:
    """The role the giver acts in; ``mine`` are the roles that count in this case.

    Raises Refused: auth.not_subject for a step only one of the ``subjects`` takes in person,
    auth.role for somebody who holds none of the roles, auth.not_assigned in another's case.
    """
    if len(step.givers) == 1 and step.givers[0] in subjects and step.givers[0] not in mine:
        raise Refused("auth.not_subject")
    for role in step.givers:
        if role in mine:
            return role
    if not set(step.givers) & set(giver.roles):
        raise Refused("auth.role")
    raise Refused("auth.not_assigned")


def check_phase(
    step: Step, phase: str, *, ended: bool, restricted: bool = False, suspended: bool = False
) -> None:
    """The order of contract 1: final, restricted, suspended, the own code, not allowed now.

    What a process itself records of other streams has happened, also where a case is restricted.
    """
    if ended and phase not in step.final:
        raise Refused("state.final")
    if restricted and not step.restricted and PROCESS_ROLE not in step.givers:
        raise Refused("state.restricted")
    if ended:
        return
    if suspended and not step.suspended:
        raise Refused("state.suspended")
    if step.early and phase in step.early_in:
        raise Refused(step.early)
    if step.late and phase in step.late_in:
        raise Refused(step.late)
    if phase not in step.phases:
        raise Refused("state.not_allowed")
