"""What a form and its fields are called in a reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.forms.choosing import UNFOUND
from web.wording import Wording


def title_of(wording: Wording, command: str) -> str:
    """What a command does, as a button or the head of a page says it."""
    titles: Mapping[str, Any] = wording.texts.pages["forms"]["title"]
    own = titles.get(wording.process, {})
    return str(own.get(command) or titles[command])


def command_in_words(wording: Wording, command: str) -> str:
    """What a command is called; that somebody tried something, where it has no name."""
    try:
        return title_of(wording, command)
    except KeyError:
        return str(wording.texts.pages["audit"]["some_command"])


@dataclass(frozen=True, slots=True)
class FormWords:
    """The words of one command's form.

    A field's own words are looked for by command and path, then by process and path, then by the
    path from its last steps on; what is nowhere else is what events call it.
    """

    wording: Wording
    command: str

    @property
    def words(self) -> Mapping[str, Any]:
        return self.wording.texts.pages["forms"]

    @property
    def title(self) -> str:
        return title_of(self.wording, self.command)

    @property
    def button(self) -> str:
        """What happens when it is sent."""
        buttons: Mapping[str, Any] = self.words["button"]
        own = buttons.get(self.wording.process, {})
        return str(own.get(self.command) or buttons.get(self.command) or self.words["send"])

    @property
    def lead(self) -> str:
        return str(self.words["lead"].get(self.command, ""))

    @property
    def confirm(self) -> str:
        """What cannot be undone about it; nothing for what can."""
        return str(self.words["confirm"].get(self.command, ""))

    @property
    def yes(self) -> str:
        return str(self.words["yes"])

    @property
    def no(self) -> str:
        return str(self.words["no"])

    def label(self, path: str) -> str:
        """What a field is called."""
        return self._of("label", path) or self.wording.label(path.rpartition(".")[2])

    def help(self, path: str) -> str:
        """What belongs in a field, where its name does not say that."""
        return self._of("help", path)

    def example(self, path: str) -> str:
        """What might stand in a field."""
        return self._of("example", path)

    def one(self, path: str) -> str:
        """What one row of a list is called."""
        return self._of("one", path) or self.label(path)

    def fault(self, fault: str, kind: str) -> str:
        """What is wrong with a field, and what would be right where that can be said."""
        texts = self.wording.texts
        if fault in UNFOUND:
            return str(self.words["fault"][fault])
        if fault in ("missing", "length", "order"):
            return texts.fields[fault]
        return str(self.words["fault"].get(kind) or texts.fields[fault])

    def option(self, path: str, word: str) -> str:
        """One of a field's choices; some are said in full where somebody agrees to them."""
        full: Mapping[str, str] = self.words["choice"].get(f"{self.command}.{path}", {})
        if word in full:
            return full[word]
        return self.wording.choice(path.rpartition(".")[2], word)

    def decimal(self, text: str) -> str:
        return self.wording.decimal(text)

    def _of(self, table: str, path: str) -> str:
        known: Mapping[str, str] = self.words[table]
        process = self.wording.process
        for start in (f"{process}.{self.command}.", f"{self.command}.", f"{process}.", ""):
            if (found := known.get(start + path)) is not None:
                return found
        return known.get(path.rpartition(".")[2], "")
