"""Every page of the site, with somebody of the example board who sees it: one line a page.

`test_browser_everywhere` looks at each of them (``./dev looks``). A page that is added to the site
is added here: `test_pages_listed` fails where an address of the application is in no line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as a person of ``deploy/demo/people.yaml`` sees it; without a person nobody's.

    ``path`` names cases of the example board, such as ``/supervision/{in_guidance}``. ``status``
    is that of the answer. ``same`` says that its title is that of another page of the list, and
    ``says`` what stands on it on purpose although it looks like code. ``unfolded``: all that is
    folded away is opened first.
    """

    name: str
    person: str | None
    path: str
    status: int = 200
    same: bool = False
    says: tuple[str, ...] = ()
    unfolded: bool = False


LETTER = "/administration/letters/agreement_to_sign/nl"
PAGES: list[Shown] = [
    Shown("start", None, "/"),
    Shown("home-advisor", "ellen", "/"),
    Shown("home-teacher", "marloes", "/", same=True),
    Shown("home-coordinator", "rik", "/", same=True),
    Shown("home-hr", "saskia", "/", same=True),
    Shown("home-administrator", "boukje", "/", same=True),
    Shown("tasks", "ellen", "/tasks"),
    Shown("agenda", "ellen", "/agenda"),
    Shown("dashboard", "saskia", "/dashboard"),
    Shown("dashboard-board", "wim", "/dashboard", same=True),
    Shown("dashboard-filtered", "rik", "/dashboard?process=supervision", same=True),
    Shown("dashboard-cases", "rik", "/dashboard/cases?figure=running"),
    Shown("trajectories", "saskia", "/supervision"),
    Shown("trajectory-running", "ellen", "/supervision/{in_guidance}"),
    Shown("trajectory-teacher", "marloes", "/supervision/{in_guidance}", same=True),
    Shown("trajectory-reported", "hendrik", "/supervision/{report_issued}"),
    Shown("trajectory-requested", "rik", "/supervision/{just_requested}"),
    Shown("trajectory-closed", "saskia", "/supervision/{closed}"),
    Shown("assessments", "noor", "/assessments"),
    Shown("assessment", "noor", "/assessments/{assessment}"),
    Shown("partners", "nienke", "/partners"),
    Shown("partner", "nienke", "/partners/{partner}"),
    Shown("internships", "nienke", "/internships"),
    Shown("internship", "samira", "/internships/{internship}"),
    Shown("placements", "mieke", "/placements"),
    Shown("placement", "mieke", "/placements/{placement}"),
    Shown("departures", "noor", "/departures"),
    Shown("departure", "noor", "/departures/{departure}"),
    Shown("trajectory-new", "saskia", "/supervision/new"),
    Shown("internship-new", "samira", "/internships/new"),
    Shown("placement-new", "rik", "/placements/new"),
    Shown("partner-new", "nienke", "/partners/new"),
    Shown("departure-new", "saskia", "/departures/new"),
    Shown("do-correct", "saskia", "/supervision/{in_guidance}/do/CorrectRecord"),
    Shown("do-hours", "ellen", "/supervision/{in_guidance}/do/LogHours"),
    Shown("do-abort", "hendrik", "/supervision/{in_guidance}/do/AbortTrajectory"),
    Shown("do-not-now", "ellen", "/supervision/{in_guidance}/do/PlanIntake", status=409),
    Shown("do-assessment", "noor", "/assessments/{assessment}/do/CorrectRecord", 403, same=True),
    Shown("task-visit", "ellen", "/supervision/{in_guidance}/do/RecordVisit"),
    Shown("task-goals", "ellen", "/supervision/{in_guidance}/do/DraftGoal"),
    Shown("task-reword", "ellen", "/supervision/{in_guidance}/do/RewordGoal?goal=G1"),
    Shown("task-drop", "ellen", "/supervision/{in_guidance}/do/DropGoal?goal=G1"),
    Shown("task-consult", "ellen", "/supervision/{in_guidance}/do/RecordClientConsultation"),
    Shown("task-plan", "ellen", "/supervision/{in_guidance}/do/PlanVisit?at=2026-12-25T10:00"),
    Shown("task-move", "ellen", "/supervision/{in_guidance}/do/RescheduleVisit"),
    Shown("task-report", "ellen", "/supervision/{in_guidance}/do/DraftFinalReport"),
    Shown(
        "task-no-talk", "ellen", "/supervision/{in_guidance}/do/PlanFollowUpTalk", 409, same=True
    ),
    Shown(
        "task-rated",
        "marloes",
        "/supervision/{in_guidance}/do/SubmitSelfAssessment",
        409,
        same=True,
    ),
    Shown("do-partner", "nienke", "/partners/{partner}/do/ChangePartner"),
    Shown("do-internship", "nienke", "/internships/{internship}/do/AmendAgreement"),
    Shown("do-placement", "mieke", "/placements/{placement}/do/DraftAgreement"),
    Shown("do-departure", "saskia", "/departures/{departure}/do/PlaceLegalHold"),
    Shown("sign", None, "/sign/{link}"),
    Shown("sign-lapsed", None, "/sign/{lapsed}", status=409),
    Shown("sign-in-back", None, "/sign-in?back=/supervision", same=True),
    Shown("sign-in-done", "ellen", "/sign-in/done"),
    Shown("emergency", None, "/sign-in/emergency"),
    Shown("me", "ellen", "/me"),
    Shown("me-sessions", "ellen", "/me/sessions"),
    Shown("me-tokens", "ellen", "/me/tokens"),
    Shown("problem", None, "/problems/not_found"),
    Shown("me-mail", "ellen", "/me/mail"),
    Shown("me-feed", "ellen", "/me/feed"),
    Shown("mail-leave", None, "/mail/{leave}"),
    Shown("mail-troubles", "saskia", "/administration/mail"),
    Shown("audit", "noor", "/audit"),
    Shown("audit-cases", "noor", "/audit/search?q=windvaan"),
    Shown("audit-people", "noor", "/audit/search?kind=people"),
    Shown("audit-commands", "noor", "/audit/search?kind=commands&who=ellen"),
    Shown("audit-refusals", "noor", "/audit/search?kind=refusals"),
    Shown("audit-reads", "noor", "/audit/search?kind=reads"),
    Shown("audit-case", "noor", "/audit/supervision/{in_guidance}?at=20"),
    Shown("audit-knew", "noor", "/audit/supervision/{in_guidance}/knew?at=25&as=teacher&with=hr"),
    Shown("audit-case-export", "noor", "/audit/supervision/{in_guidance}/export"),
    Shown("audit-event", "noor", "/audit/events/{event}"),
    Shown("audit-export", "noor", "/audit/export"),
    Shown("permissions", "ellen", "/permissions"),
    Shown("administration", "saskia", "/administration"),
    Shown("administration-administrator", "boukje", "/administration", same=True),
    Shown("people", "saskia", "/administration/people"),
    Shown("people-import", "saskia", "/administration/people/import"),
    Shown("people-new", "saskia", "/administration/people/new"),
    Shown("people-one", "saskia", "/administration/people/{ellen}"),
    Shown("absence", "saskia", "/administration/absence"),
    Shown("handover", "saskia", "/administration/handover"),
    Shown("health", "saskia", "/administration/health"),
    Shown("holidays", "saskia", "/administration/holidays"),
    Shown("settings", "saskia", "/administration/settings", unfolded=True),
    Shown("letters", "saskia", "/administration/letters", unfolded=True),
    Shown("letter", "saskia", LETTER, says=("{naam}", "{name}")),
    Shown("audit-administration", "noor", "/audit/administration"),
    Shown("missing", "saskia", "/supervision/nothing", status=404),
]

MAIN = frozenset(
    {
        "start", "home-advisor", "tasks", "dashboard", "trajectories", "trajectory-running",
        "trajectory-new", "do-correct", "task-visit", "task-goals", "task-plan", "task-report",
        "sign", "me", "audit", "audit-case", "audit-event", "permissions", "people", "settings",
    }
)  # fmt: skip
"""One of each kind: those that every run of the tests looks at. ``./dev looks`` is for all."""

NO_PAGES = frozenset(
    {
        "/health",
        "/people",
        "/administration/health.json",
        "/administration/handover/{id}",  # looked at where a handover is made
        "/me/file",
        "/feeds/{code}.ics",
        "/sign-in/start",
        "/sign-in/return",
        "/sign-in/left",
        "/dashboard/{table}.{ending}",
        "/assessments/new",
        "/sign/{code}/agreement.pdf",
        "/audit/search.csv",
        "/audit/checkpoint.txt",
        "/audit/keys.txt",
        "/audit/export.zip",
        "/audit/export/progress",
        "/audit/events/{event_id}/proof.json",
        "/audit/events/{event_id}/export.zip",
        "/audit/{process}/{id}/export.zip",
        *(f"/{{process}}/{{id}}/{paper}.pdf" for paper in ("report", "invoice", "dossier")),
        *(
            f"/{process}/{{id}}/{rest}"
            for process in (
                "supervision",
                "assessments",
                "partners",
                "internships",
                "placements",
                "departures",
            )
            for rest in ("agreement/{version}.pdf", "calendar.ics", "live")
        ),
    }
)
"""What can be fetched and is no page: files, and addresses that only lead to a page."""
