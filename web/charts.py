"""Pictures of numbers as SVG: drawn on the server, as wide as the page, coloured by the sheet.

Widths are percentages, so that letters keep their size on a telephone. A table with the same
numbers stands beside every picture; the picture itself says what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

ROW = 46
"""Pixels a bar and the line of text above it take together."""
STACK = 68
"""Pixels a bar of parts takes, with its name above it and its numbers below."""
LETTERS, TEXT = 28, 19
"""So many letters of a bar's numbers fit on a line of a small telephone, and so high is a line."""
BAR = 16
COLOURS = 6
"""So many colours the sheet knows: the classes c0 to c5."""
LINE_HEIGHT = 150
_ROOM = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A number with its name; ``text`` is the number as people read it."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of several numbers, each in the colour of its place; ``text`` has commas between."""

    label: str
    values: Sequence[float]
    text: str


def bars(name: str, title: str, description: str, items: Sequence[Bar]) -> Markup:
    """A bar a number, the largest as wide as the picture. ``name`` is unique on the page."""
    most = max((item.value for item in items), default=0) or 1
    body = Markup("").join(
        _row(place, item.label, item.text) + _bar(place * ROW, 0, item.value / most * 100, 0)
        for place, item in enumerate(items)
    )
    return _picture(name, title, description, body, ROW * max(1, len(items)))


def stacks(name: str, title: str, description: str, items: Sequence[Stack]) -> Markup:
    """A bar of parts for each, the largest whole as wide as the picture."""
    most = max((sum(item.values) for item in items), default=0) or 1
    body, top = Markup(""), 0
    for item in items:
        body += Markup('<text class="label" x="0" y="{}">{}</text>').format(top + 16, item.label)
        left = 0.0
        for colour, value in enumerate(item.values):
            body += _bar(top, left, value / most * 100, colour)
            left += value / most * 100
        lines = _lines(item.text)
        for nth, text in enumerate(lines):
            body += Markup('<text class="value" x="0" y="{}">{}</text>').format(
                top + 57 + nth * TEXT, text
            )
        top += STACK + (len(lines) - 1) * TEXT
    return _picture(name, title, description, body, max(STACK, top))


def _lines(text: str) -> list[str]:
    """As many of the parts on a line as fit; a picture cannot break a line by itself."""
    first, *more = text.split(", ")
    lines = [first]
    for part in more:
        if len(lines[-1]) + len(part) + 2 <= LETTERS:
            lines[-1] += f", {part}"
        else:
            lines[-1] += ","
            lines.append(part)
    return lines


def line(name: str, title: str, description: str, items: Sequence[Bar]) -> Markup:
    """A line through the numbers in their order, the first at the left."""
    most = max((item.value for item in items), default=0) or 1
    wide = 100 / max(1, len(items))
    drawn = LINE_HEIGHT - 2 * _ROOM
    places = [
        (wide * (nth + 0.5), _ROOM + drawn * (1 - item.value / most))
        for nth, item in enumerate(items)
    ]
    body = Markup('<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(
        y=LINE_HEIGHT - _ROOM
    )
    for (x1, y1), (x2, y2) in pairwise(places):
        body += Markup(
            '<line class="course" x1="{:.2f}%" y1="{:.1f}" x2="{:.2f}%" y2="{:.1f}"/>'
        ).format(x1, y1, x2, y2)
    for item, (x, y) in zip(items, places, strict=True):
        body += Markup(
            '<circle class="point" cx="{x:.2f}%" cy="{y:.1f}" r="4"/>'
            '<text class="value" x="{x:.2f}%" y="{above:.1f}" text-anchor="middle">{text}</text>'
            '<text class="label" x="{x:.2f}%" y="{under}" text-anchor="middle">{label}</text>'
        ).format(x=x, y=y, above=y - 9, under=LINE_HEIGHT - 6, text=item.text, label=item.label)
    return _picture(name, title, description, body, LINE_HEIGHT)


def _row(place: int, label: str, text: str) -> Markup:
    y = place * ROW + 16
    return Markup(
        '<text class="label" x="0" y="{y}">{label}</text>'
        '<text class="value" x="100%" y="{y}" text-anchor="end">{text}</text>'
    ).format(y=y, label=label, text=text)


def _bar(top: int, left: float, wide: float, colour: int) -> Markup:
    if wide <= 0:
        return Markup("")
    return Markup(
        '<rect class="c{}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}" rx="3"/>'
    ).format(colour % COLOURS, left, top + 23, wide, BAR)


def _picture(name: str, title: str, description: str, body: Markup, height: int) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" width="100%"'
        ' height="{height}"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-desc">{description}</desc>{body}</svg>'
    ).format(name=escape(name), height=height, title=title, description=description, body=body)
