"""What the oracle has read of a trajectory so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass
class Visit:
    announced: bool
    held: bool = False
    cancelled: bool = False
    assessed: bool = False
    talk_planned: bool = False
    talked: bool = False


@dataclass
class Seen:
    """What has been read so far."""

    faults: list[str] = field(default_factory=list)
    suspended: bool = False
    suspending: str = ""
    ended: str = ""
    ending: str = ""
    rate: Fraction = Fraction(0)
    advisor: str | None = None
    agreed: int = 0
    period: tuple[str, str] | None = None
    mode: str | None = None
    consent: bool = False
    goals: dict[str, bool] = field(default_factory=dict)
    changes: int = 0
    consulted: int | None = None
    fixed: frozenset[str] = frozenset()
    fixed_version: int | None = None
    visits: dict[str, Visit] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    hours: dict[str, Fraction] = field(default_factory=dict)
    drafted: bool = False
    overall: str = ""
    issued: bool = False
    receipts: set[str] = field(default_factory=set)
    invoices: int = 0
    passed: set[tuple[Any, ...]] = field(default_factory=set)
    commands: set[str] = field(default_factory=set)
