"""The form of a task as it stands on its page: what is filled in, what was wrong, what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import Request
from fastapi.responses import Response

from web.api.problems import FieldFault, Problem, status_of
from web.doing import Tried, last
from web.drafts import Place, kept_at
from web.forms.decoding import Sent, decoded, several
from web.forms.ways import instead_of
from web.forms.words import title_of
from web.naming import wording_for
from web.pages.commands import said
from web.pages.page import page
from web.pages.session import page_language
from web.reading import Reading, context, offered
from web.site import Site
from web.tasks.rows import completed
from web.texts import ProblemText, Texts
from web.wording import Wording
from workflows.decision import Refused
from workflows.supervision.steps import acting_role, check_state

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from events.supervision.state import Trajectory


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form before its writer. ``wrong`` has the sentence for each field that was not right.

    ``form`` names it among the drafts, ``saved`` its draft; ``restored`` says when that was kept,
    where it is what stands in the form now.
    """

    command: str
    form: str
    key: str
    sent: Sent
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])
    problem: ProblemText | None = None
    saved: int | None = None
    restored: str = ""
    query: str = ""

    def text(self, name: str, otherwise: str = "") -> str:
        """What stands in a field; ``otherwise`` where nobody has filled in anything yet."""
        if name in self.sent:
            return last(self.sent, name)
        return otherwise if not self.sent else ""

    def chosen(self, name: str, value: str, otherwise: Sequence[str] = ()) -> bool:
        """Whether this value of a choice, or of several, is chosen."""
        if not self.sent:
            return value in otherwise
        return value in several(self.sent.get(name, ""))

    @property
    def draft_address(self) -> str:
        return quote(self.form, safe="")


@dataclass(frozen=True, slots=True)
class Task:
    """Everything the page of a task is made from."""

    request: Request
    site: Site
    person: PersonRow
    reading: Reading
    command: str
    tried: Tried | None

    @property
    def state(self) -> Trajectory:
        return self.reading.dossier.state

    @property
    def words(self) -> Texts:
        return page_language(self.request)

    @property
    def href(self) -> str:
        return f"/{self.reading.dossier.process}/{self.reading.dossier.stream}"

    def asked(self, name: str) -> str:
        """What the form, or else the address, says it is about."""
        if self.tried is not None and name in self.tried.sent:
            return last(self.tried.sent, name)
        return self.request.query_params.get(name, "")

    async def sheet(self, about: str = "", **query: str) -> Sheet:
        """The form: as it was sent in vain, else as it was left, else empty."""
        form = f"{self.command}:{about}" if about else self.command
        reading = self.reading
        place = Place(self.site, self.person, reading.dossier.process, reading.dossier.stream, form)
        draft = await place.get()
        saved = draft.saved if draft else None
        line = urlencode(query)
        if self.tried is not None:
            return Sheet(
                self.command,
                form,
                self.tried.key or uuid4().hex,
                self.tried.sent,
                self._wrong(),
                _said(self.tried.problem, self.words, reading),
                saved,
                query=line,
            )
        settings = reading.view.settings
        return Sheet(
            self.command,
            form,
            uuid4().hex,
            draft.fields if draft else {},
            saved=saved,
            restored=kept_at(draft.saved_at, self.words, settings) if draft else "",
            query=line,
        )

    def _wrong(self) -> dict[str, str]:
        assert self.tried is not None
        problem, own = self.tried.problem, self.words.pages["tasks"]["wrong"]
        if problem.faults:
            told = {one.field: self.words.fields[one.kind] for one in problem.faults}
        elif problem.field:
            detail = self.words.problem(problem.code, self.reading.view.settings).detail
            told = {self._in_form(problem.field): str(own.get(problem.code, detail))}
        else:
            told = {}
        if not problem.faults:
            return told
        return {name: str(own.get(_kind(name), sentence)) for name, sentence in told.items()}

    def _in_form(self, place: str) -> str:
        """A place in the command's data, as the field of the form it came from."""
        assert self.tried is not None
        read = decoded(self.reading.rules.commands[self.command], completed(self.tried.sent))
        return read.at_form([FieldFault(place, "value")])[0].field

    async def wording(self, *more: Any) -> Wording:
        """The words for the case and for what else is shown."""
        reading, tenant = self.reading, self.person.tenant
        shown: list[Any] = [reading.summary, *more]
        return await wording_for(
            self.site, tenant, reading.dossier.process, shown, self.words, reading.view.settings
        )

    def page(self, template: str, sheet: Sheet, wording: Wording, **values: Any) -> Response:
        """The page, with the status of what went wrong, if anything did."""
        status = int(status_of(self.tried.problem.code)) if self.tried else 200
        return page(
            self.request,
            f"tasks/{template}",
            status,
            case=self.reading.summary,
            href=self.href,
            sheet=sheet,
            wording=wording,
            now=self.reading.view.now,
            **values,
        )

    def out_of_the_question(self) -> Refused | None:
        """Why this person cannot do this, whatever is filled in: the role first, then the state."""
        reading = self.reading
        ctx = context(self.person, reading.dossier.stream, reading.view.now, reading.view.settings)
        command = reading.rules.commands[self.command]
        try:
            acting_role(self.state, command, ctx.giver)
            check_state(self.state, command)
        except Refused as refused:
            return refused
        return None


Made = Callable[[Task], Awaitable[Response]]
OwnPage = Callable[[Request, Site, "PersonRow", Reading, str, Tried | None], Awaitable[Response]]


def of(make: Made) -> OwnPage:
    """A page for `web.pages.own`: who cannot do the task at all is told so, and sees no more."""

    async def own(
        request: Request,
        site: Site,
        person: PersonRow,
        reading: Reading,
        command: str,
        tried: Tried | None,
    ) -> Response:
        task = Task(request, site, person, reading, command, tried)
        refused = task.out_of_the_question()
        if refused is None or (tried is not None and not refused.code.startswith("auth.")):
            return await make(task)
        return await turned_away(task, refused.code)

    return own


INSTEAD = {"goals.empty": "DraftGoal"}
"""By why something cannot be done: the command that mends it."""


async def turned_away(task: Task, code: str, reason: str = "") -> Response:
    """The page that says why it cannot be done now, with all that was typed in vain."""
    wording = await task.wording()
    text = task.words.problem(code, task.reading.view.settings)
    typed = task.tried.sent if task.tried else {}
    reading = task.reading
    may = offered(reading, task.person, reading.view.now, reading.view.settings)
    other = [INSTEAD[code]] if code in INSTEAD else instead_of(task.command, may)
    return page(
        task.request,
        "tasks/away.html",
        int(status_of(code)),
        case=task.reading.summary,
        href=task.href,
        wording=wording,
        command=task.command,
        instead=[(f"{task.href}/do/{one}", title_of(wording, one)) for one in other],
        problem=ProblemText(text.title, reason or text.detail),
        typed=[one for value in typed.values() for one in several(value) if " " in one.strip()],
    )


def _said(problem: Problem, words: Texts, reading: Reading) -> ProblemText:
    """Why it was not accepted, for somebody who sees a page and no codes."""
    if problem.code == "command.invalid":
        told = words.pages["tasks"]
        return ProblemText(told["invalid_title"], told["invalid_detail"])
    return said(problem, words, reading.view.settings)


def _kind(name: str) -> str:
    """A field without its place in a list or its name in a map: ``findings.seen``."""
    first, _, rest = name.partition(".")
    tail = rest.rpartition(".")[2]
    return f"{first}.{tail}" if rest else first
