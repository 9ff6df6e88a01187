"""The numbers and days a board may set for itself, with the defaults of domain.md 2.1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from events.event import Frozen

Subject = Literal["core", "shell"] | None


class ClosedDays(Frozen):
    """Days on which nobody works, both ends included: a school holiday or a public one."""

    from_: date = Field(alias="from")
    to: date
    name: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError("the last closed day is before the first")
        return self


class TrainingSchool(Frozen):
    """A school where students are placed: for each subject core, shell or neither (003 T3-27).

    ``capacity`` is how many students at once, ``until`` the last day of its quality status.
    """

    name: str = Field(min_length=1)
    capacity: int = Field(ge=0)
    train: Subject = None
    research: Subject = None
    professionalise: Subject = None
    until: date


RetentionClass = Literal["personnel_file", "student_record", "business_record"]
"""What a case is when it comes to keeping it; each process names its own."""


class RetentionTerm(Frozen):
    """How long a class is kept after the end of a case, and on what ground."""

    months: int = Field(ge=1, le=1200)
    ground: str = Field(min_length=1, max_length=500)


RETENTION: Mapping[RetentionClass, RetentionTerm] = {
    "personnel_file": RetentionTerm(
        months=24,
        ground="Personeelsdossier: richtlijn van twee jaar; AVG art. 5 lid 1 onder e.",
    ),
    "student_record": RetentionTerm(
        months=24,
        ground="Begeleiding van studenten: nodig tot twee jaar erna; AVG art. 5 lid 1 onder e.",
    ),
    "business_record": RetentionTerm(
        months=84,
        ground="Zakelijke administratie: zeven jaar; AWR art. 52 lid 4, BW 2:10.",
    ),
}
"""The terms of a board that set none (domain.md 3.7). A guideline is no law, and public boards have
selection lists of their own: a board's data protection officer has to confirm them."""


class TenantSettings(Frozen):
    """One board's settings. Terms are working days (wd) unless the name says otherwise."""

    version: int = 1
    timezone: str = "Europe/Amsterdam"
    region: str = "midden"
    closed: tuple[ClosedDays, ...] = ()

    goals_max: int = Field(default=15, ge=1)  # 004 T4-29
    visits_min: int = Field(default=3, ge=1)  # 004 T4-32
    visits_max: int = Field(default=5, ge=1)  # 004 T4-32
    visits_default: int = Field(default=3, ge=1)

    accept: int = Field(default=5, ge=1)
    intake: int = Field(default=10, ge=1)
    diagnosis: int = Field(default=15, ge=1)
    consultation: int = Field(default=5, ge=1)
    goal_list: int = Field(default=10, ge=1)
    self_assessment_after_visit: int = Field(default=2, ge=1)
    self_assessment_before_talk: int = Field(default=1, ge=1)
    talk: int = Field(default=3, ge=1)
    stalled: int = Field(default=15, ge=1)
    period_ending: tuple[int, ...] = (20, 5)
    report: int = Field(default=10, ge=1)
    response_term: int = Field(default=10, ge=1)
    receipt: int = Field(default=5, ge=1)
    close: int = Field(default=15, ge=1)
    suspended_long_days: int = Field(default=30, ge=1)
    hours_window_days: int = Field(default=30, ge=0)
    overdue_coordinator: int = Field(default=5, ge=1)
    overdue_hr: int = Field(default=10, ge=1)
    hourly_rate: str = Field(default="", pattern=r"^([0-9]{1,4}\.[0-9]{2})?$")

    signatures_due: int = Field(default=5, ge=1)  # domain 2.3
    signatures_late: int = Field(default=2, ge=1)
    signing_link_days: int = Field(default=14, ge=1)
    internship_advised: int = Field(default=10, ge=1)  # half-days, 002 T2-46
    evaluation: int = Field(default=5, ge=1)
    sharing: int = Field(default=20, ge=1)
    offer: int = Field(default=10, ge=1)
    answer: int = Field(default=10, ge=1)
    three_party_talk: int = Field(default=10, ge=1)
    final_assessment: int = Field(default=10, ge=1)
    vog_policy: Literal["always", "contract", "never"] = "contract"  # domain 3.8
    vog_months: int = Field(default=6, ge=1)
    schools: tuple[TrainingSchool, ...] = ()
    successor: int = Field(default=10, ge=1)
    handover: int = Field(default=10, ge=1)
    agreement_ending: tuple[int, ...] = (60, 20)  # calendar days
    dormancy_months: int = Field(default=12, ge=1)
    retention: Mapping[RetentionClass, RetentionTerm] = RETENTION

    mail_from_hour: int = Field(default=8, ge=0, le=23)
    mail_to_hour: int = Field(default=18, ge=1, le=24)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            raise ValueError(f"there is no time zone {value}") from None
        return value

    @field_validator("retention", mode="before")
    @classmethod
    def _every_class_has_a_term(cls, value: Any) -> Any:
        return {**RETENTION, **value} if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _agree_with_each_other(self) -> Self:
        if not self.visits_min <= self.visits_default <= self.visits_max:
            raise ValueError("visits_min <= visits_default <= visits_max does not hold")
        if self.mail_from_hour >= self.mail_to_hour:
            raise ValueError("mail_from_hour is not before mail_to_hour")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def closed_days(self) -> frozenset[date]:
        days: set[date] = set()
        for span in self.closed:
            days.update(
                date.fromordinal(n) for n in range(span.from_.toordinal(), span.to.toordinal() + 1)
            )
        return frozenset(days)
