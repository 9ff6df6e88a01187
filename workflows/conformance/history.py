"""What a conformance replay goes by and what it reports, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from events.audit.history import Kept, Raw
from events.recording import CaseIndex, Claim, Delivered, Need, Opening
from events.settings import TenantSettings
from workflows.decision import Errand, Rules

TOLERANCE = timedelta(hours=1)
"""So long a deadline may wait for its event without a finding: a worker may have been away."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A version of a board's settings, and when it was saved by the database's clock."""

    settings: TenantSettings
    at: datetime | None = None


@dataclass(frozen=True)
class Board:
    """What the cases of one board were decided under.

    ``settings`` are all versions, oldest first. ``since``: from when the store has kept commands
    as they were given (None: always). ``now`` is the moment of the check by the database's clock;
    ``shifted``: cases may have a clock of their own, as in test and demo installations.
    """

    rules: Mapping[str, Rules[Any]]
    settings: Sequence[Saved]
    now: datetime
    earlier: Mapping[tuple[str, int], Rules[Any]] = field(default_factory=dict)
    since: datetime | None = None
    shifted: bool = False
    tolerance: timedelta = TOLERANCE

    def rules_of(self, process: str, version: int) -> Rules[Any] | None:
        """The rules of that version; None where nobody kept them."""
        now = self.rules.get(process)
        if now is not None and now.version == version:
            return now
        return self.earlier.get((process, version))

    def settings_of(self, version: int) -> TenantSettings | None:
        found = (saved.settings for saved in self.settings if saved.settings.version == version)
        return next(found, None)

    def known_by(self, version: int, at: datetime) -> list[TenantSettings]:
        """The settings a waiting case may have gone by: from ``version`` to those saved by then."""
        return [
            saved.settings
            for saved in self.settings
            if saved.settings.version >= version and (saved.at is None or saved.at <= at)
        ]


Weight = Literal["wrong", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``note``: worth knowing, and nothing that anybody did wrong. ``late`` goes with deadlines.

    The sentence names fields and codes, never what somebody wrote.
    """

    code: str
    process: str
    stream: str
    version: int
    command: str | None
    sentence: str
    weight: Weight = "wrong"
    late: timedelta | None = None

    def json(self) -> dict[str, Any]:
        """Plain values; ``late`` in seconds."""
        return {
            "code": self.code,
            "process": self.process,
            "stream": self.stream,
            "version": self.version,
            "command": self.command,
            "sentence": self.sentence,
            "weight": self.weight,
            "late": self.late and round(self.late.total_seconds()),
        }


@dataclass(frozen=True, slots=True)
class Reach:
    """What a command took, let go or needed of other streams, at its place in the store."""

    place: int | None
    at: datetime
    version: int
    command: str
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Took:
    """A command that another stream's errand gave to this one."""

    source: str
    key: str
    version: int
    command_id: str
    command: str
    data: Mapping[str, Any]
    cause: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stream stood from a place in the store on."""

    place: int | None
    at: datetime
    index: CaseIndex


@dataclass
class Report:
    """What came of one stream, and what has to be looked up in others.

    ``commands`` were found, ``checked`` put to the rules; ``unasked`` are the ids of the others.
    ``opens`` are by the opened stream, with the first event of the command that opened it.
    """

    tenant: str
    process: str
    stream: str
    commands: int = 0
    checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    opens: dict[str, tuple[Raw, Opening]] = field(default_factory=dict)
    begun: Kept | None = None
    erased: bool = False
    unasked: set[str] = field(default_factory=set)
    reaches: list[Reach] = field(default_factory=list)
    errands: dict[str, Errand] = field(default_factory=dict)
    ran: dict[str, tuple[int, Delivered]] = field(default_factory=dict)
    took: list[Took] = field(default_factory=list)

    @property
    def wrong(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == "wrong"]

    def find(
        self,
        code: str,
        version: int,
        command: str | None,
        sentence: str,
        *,
        weight: Weight = "wrong",
        late: timedelta | None = None,
    ) -> None:
        """Adds a finding in this stream."""
        self.findings.append(
            Finding(code, self.process, self.stream, version, command, sentence, weight, late)
        )
