"""Every change to running processes that old runs must not see, in one list with its end.

A run may live for months; its history must lead to the same steps under today's code. Whatever
changes those steps (another activity, a timer more or less, another order) asks here first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from temporalio import workflow


@dataclass(frozen=True)
class Patch:
    """``until`` says what must be true before the old way may be removed."""

    id: str
    since: date
    why: str
    until: str


PATCHES: tuple[Patch, ...] = ()
"""None yet: no shape before the present one was ever released."""


def takes(patch: Patch) -> bool:
    """Whether this run goes the new way; runs begun before the patch keep to the old one."""
    if patch not in PATCHES:
        raise LookupError(patch.id)
    return workflow.patched(patch.id)
