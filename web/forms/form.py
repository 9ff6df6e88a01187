"""A command's form as it stands on a page: every field with its words, its value and its fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from web.forms.choosing import ANYBODY, TYPED
from web.forms.decoding import ROW, Sent, several
from web.forms.known import Known, Option, Options
from web.forms.shapes import Shape, shape_of
from web.forms.words import FormWords
from web.plain import one_line
from workflows.decision import Command

Widget = Literal[
    "hidden", "stated", "line", "text", "radios", "select", "seek", "checks", "tick", "day",
    "moment", "clock", "number", "decimal", "rows", "texts", "cards", "group", "none",
]  # fmt: skip
"""How a field is asked. ``stated`` is told and not asked; ``none`` has nothing to choose from;
``seek`` looks for a person by name."""

RADIOS = 6
"""Up to so many choices stand side by side; more of them fold into a list."""
MOST_ROWS = 50
SHORT = frozenset({"school", "phase", "times", "function", "scheme"})
"""Texts of a few words."""
SOMETIMES = frozenset({"EscalateTrajectory.mandate", "observations.note", "findings.example"})
"""What the rules ask for in some cases only."""
NUMBERED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("RequestTrajectory", "concerns"): ("concern", "C"),
}
"""Rows that get a name of their own, which nobody types: the field of it, and its letter."""
UNASKED = frozenset({"link", "document"})
"""What the product fills in."""
REFUSED = frozenset({"Suspend.note", "InterruptPlacement.note"})
"""Fields that models know so that they can be refused by name; nobody is asked for them."""
ADD = "add"
"""The button that asks for one row more, with the list's path as its value."""
_HTML: Mapping[str, Widget] = {
    "text": "text", "line": "line", "day": "day", "moment": "moment", "clock": "clock",
    "number": "number", "hours": "decimal", "money": "decimal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``rows`` are those of a list, each with a name of its own in ``heads``.

    ``values`` are all that is filled in, ``value`` the last of them; ``one`` is what a row of it
    is called. ``marked`` says that its reader is told where it may be left blank. Of a person who
    is looked for, ``fits`` is what that person has to be and ``typed`` the name that stands there.
    """

    name: str
    widget: Widget
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    options: Options = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    heads: tuple[str, ...] = ()
    wrong: str = ""
    length: int | None = None
    people: bool = False
    one: str = ""
    marked: bool = True
    fits: str = ""
    typed: str = ""

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def id(self) -> str:
        """What links and labels point at."""
        return f"f.{self.name}"

    @property
    def described(self) -> str:
        """The ids of what explains it, for ``aria-describedby``."""
        ids = [f"{self.id}.{part}" for part in ("help", "wrong") if getattr(self, part)]
        if self.widget == "seek":
            ids.append(f"{self.id}.how")
        return " ".join(ids)

    @property
    def faults(self) -> list[Field]:
        """This field and those inside it that are not right."""
        inside = [fault for row in self.rows for one in row for fault in one.faults]
        return [self, *inside] if self.wrong else inside


@dataclass(frozen=True, slots=True)
class CommandForm:
    """All of a form. ``key`` makes sending it twice one command.

    ``warned`` are the codes of warnings that were shown before this one is sent.
    """

    command: str
    title: str
    lead: str
    confirm: str
    button: str
    key: str
    fields: Sequence[Field]
    warned: Sequence[str] = ()

    @property
    def faults(self) -> list[Field]:
        return [fault for one in self.fields for fault in one.faults]


@dataclass(slots=True)
class Builder:
    """Makes the fields of one command's form from what was sent, else from what is known.

    ``faults`` has what is wrong with a field by its path, ``wrong`` sentences of their own for it;
    ``more`` is the list that gets one row more.
    """

    command: str
    words: FormWords
    known: Known
    sent: Sent | None = None
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])
    more: str = ""

    def fields(self, model: type[Command]) -> tuple[Field, ...]:
        """Every field that is asked or goes along."""
        shape = shape_of(model)
        found = [
            self._field(one, one.name, one.name)
            for one in shape.fields
            if one.name not in UNASKED and f"{self.command}.{one.name}" not in REFUSED
        ]
        return tuple(found)

    def _field(self, shape: Shape, name: str, path: str) -> Field:
        """``name`` is the field's own in this form, ``path`` the same without numbers and keys."""
        if path in self.known.fixed:
            return self._plain(shape, name, path, "hidden")
        match shape.kind:
            case "list":
                return self._list(shape, name, path)
            case "map":
                return self._cards(shape, name, path)
            case "group":
                rows = (tuple(self._inner(shape, name, path)),)
                return self._plain(shape, name, path, "group", rows=rows)
            case _:
                return self._one(shape, name, path)

    def _one(self, shape: Shape, name: str, path: str) -> Field:
        options = self.known.options.get(path) or self.known.options.get(f"@{shape.role or ''}")
        if shape.kind == "choice":
            options = self._choices(shape, path)
            if len(options) == 1:
                return self._plain(shape, name, path, "tick", options=options)
        elif shape.kind == "flag":
            texts = self.words.yes, self.words.no
            options = tuple(map(Option, ("true", "false"), texts))
        elif not options and f"@{shape.role or ''}" in self.known.sought and shape.kind == "person":
            return self._seek(shape, name, path)
        elif shape.kind in ("person", "id", "intervention") or path in self.known.options:
            if not options:
                return self._plain(shape, name, path, "none")
        else:
            widget = _HTML[shape.kind]
            if widget == "text" and path.rpartition(".")[2] in SHORT:
                widget = "line"
            return self._plain(shape, name, path, widget)
        few = len(options or ()) <= RADIOS and shape.kind != "person"
        widget = "radios" if few else "select"
        people = shape.kind == "person"
        return self._plain(shape, name, path, widget, options=options or (), people=people)

    def _seek(self, shape: Shape, name: str, path: str) -> Field:
        """A person by name: an id stays only beside the name it is of."""
        options = self.known.matches.get(path, ())
        plain = self._plain(shape, name, path, "seek", options=options)
        known = self.known.names.get(plain.value, "")
        said = several((self.sent or {}).get(f"{name}.{TYPED}", known))[-1]
        values = plain.values if known and one_line(said) == one_line(known) else ()
        return replace(plain, values=values, typed=said, fits=shape.role or ANYBODY)

    def _choices(self, shape: Shape, path: str) -> Options:
        return tuple(Option(one, self.words.option(path, one)) for one in shape.options)

    def _list(self, shape: Shape, name: str, path: str) -> Field:
        of = shape.of
        assert of is not None
        if path in self.known.options or of.kind == "choice":
            options = self.known.options.get(path) or self._choices(of, path)
            return self._plain(shape, name, path, "checks" if options else "none", options=options)
        if of.kind == "group":
            if path in self.known.keys:
                return self._cards(shape, name, path)
            rows = [
                tuple(
                    _quiet(one, shape.required and not n)
                    for one in self._inner(of, f"{name}.{n}", path)
                )
                for n in range(self._rows(name, path))
            ]
            return self._plain(shape, name, path, "rows", rows=tuple(rows))
        texts = [
            (_quiet(self._one(of, f"{name}.{n}", path)),) for n in range(self._rows(name, path))
        ]
        return self._plain(shape, name, path, "texts", rows=tuple(texts))

    def _cards(self, shape: Shape, name: str, path: str) -> Field:
        """One card for each goal, point or role that is known."""
        of, keys = shape.of, self.known.keys.get(path, ())
        assert of is not None
        rows: list[tuple[Field, ...]] = []
        for number, key in enumerate(keys):
            if shape.kind == "map":
                below = f"{name}.{key.value}"
                inner = (
                    self._inner(of, below, path)
                    if of.kind == "group"
                    else [self._one(of, below, path)]
                )
            else:
                below, first = f"{name}.{number}", of.fields[0]
                keyed = Field(f"{below}.{first.name}", "hidden", "", values=(key.value,))
                inner = [keyed, *self._inner(of, below, path, without=first.name)]
            rows.append(tuple(_quiet(one) for one in inner))
        heads = tuple(key.text for key in keys)
        return self._plain(shape, name, path, "cards", rows=tuple(rows), heads=heads)

    def _inner(self, of: Shape, name: str, path: str, without: str = "") -> list[Field]:
        numbered, _ = NUMBERED.get((self.command, path), ("", ""))
        return [
            self._field(one, f"{name}.{one.name}", f"{path}.{one.name}")
            for one in of.fields
            if one.name not in (without, numbered)
        ]

    def _rows(self, name: str, path: str) -> int:
        """How many rows there are: those filled in, at least one, and one more when asked."""
        if self.sent is None:
            return len(self.known.given.get(path, ())) + 1
        start = f"{name}."
        below = [one[len(start) :].partition(".")[0] for one in self.sent if one.startswith(start)]
        there = max((int(one) + 1 for one in below if ROW.fullmatch(one)), default=1)
        return min(there + (self.more == name), MOST_ROWS)

    def _plain(
        self,
        shape: Shape,
        name: str,
        path: str,
        widget: Widget,
        *,
        options: Options = (),
        rows: tuple[tuple[Field, ...], ...] = (),
        heads: tuple[str, ...] = (),
        people: bool = False,
    ) -> Field:
        told = f"{self.command}.{path}"
        return Field(
            name=name,
            widget=widget,
            label=self.words.label(path),
            help=self.words.help(path),
            example=self.words.example(path),
            required=shape.required and path not in SOMETIMES and told not in SOMETIMES,
            values=self._values(shape, name),
            options=options,
            rows=rows,
            heads=heads,
            wrong=self._wrong(shape, name),
            one=self.words.one(path) if rows else "",
            length=shape.length,
            people=people,
        )

    def _wrong(self, shape: Shape, name: str) -> str:
        if name not in self.faults:
            return self.wrong.get(name, "")
        return self.words.fault(self.faults[name], shape.kind)

    def _values(self, shape: Shape, name: str) -> tuple[str, ...]:
        if self.sent is not None:
            return tuple(several(self.sent.get(name, ())))
        value: Any = self.known.given
        for step in name.split("."):
            value = _step(value, step)
        return _texts(value, self.words, shape)


def _quiet(field: Field, needed: bool = False) -> Field:
    """A field of a row: the row as a whole may be left blank."""
    return replace(field, required=field.required and needed, marked=False)


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list | tuple) and step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    return None


def _texts(value: Any, words: FormWords, shape: Shape) -> tuple[str, ...]:
    match value:
        case None | Mapping():
            return ()
        case bool():
            return ("true" if value else "false",)
        case list() | tuple():
            return tuple(str(one) for one in value if not isinstance(one, Mapping))
        case _:
            text = str(value)
            return (words.decimal(text) if shape.kind in ("hours", "money") else text,)
