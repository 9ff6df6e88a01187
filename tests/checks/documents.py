"""Pages in docs/ that follow from the program are in step with it; ``--write`` makes them so."""

from __future__ import annotations

import os
import re
import sys
import typing
from pathlib import Path
from types import NoneType

from pydantic import SecretStr
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

import cli
from events.settings import TenantSettings
from settings import PREFIX, Settings
from web.api.problems import status_of
from web.permissions.document import text as permissions_text
from web.texts import texts

DOCS = Path(__file__).parents[2] / "docs"

CLI_HEAD = """\
# The `traject` command

`./dev run traject ...` in a checkout, `traject ...` in the image. What goes wrong is said in a
sentence on standard error, and the exit code is not 0: 1 when it failed, 2 for a wrong call.
"""
SETTINGS_HEAD = """\
# Settings of an installation

Each is an environment variable, or a file of that name in lower case in the folder that
`TRAJECT_SECRETS` names. `traject config` shows them as they are read, secrets masked. A name that
begins with `TRAJECT_` and is not in this list is refused. What a board may set for itself (terms,
numbers, holidays) is kept in the database and is not here.

| variable | default | what it is |
| --- | --- | --- |
"""


def cli_text() -> str:
    """The help of every command, as a terminal of 100 columns shows it."""
    os.environ["COLUMNS"] = "100"
    return CLI_HEAD + "".join(
        f"\n## traject {' '.join(words)}\n\n```text\n{_help(words)}\n```\n" for words in commands()
    )


def commands() -> list[list[str]]:
    """Every command and, where there are any, its subcommands."""
    found: list[list[str]] = []
    group = get_command(cli.app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            found += [[name, inner] for inner in command.commands]
        else:
            found.append([name])
    return found


def _help(words: list[str]) -> str:
    said = CliRunner().invoke(cli.app, [*words, "--help"], prog_name="traject").output
    return re.sub(r"[ \t]+$", "", said, flags=re.MULTILINE).strip()


def settings_text() -> str:
    """A row for every setting."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return SETTINGS_HEAD + "\n".join(rows) + "\n"


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    default: object = field.default
    if name == "data_folder":
        return "`.local` in the checkout"
    if default is None:
        kinds = [kind for kind in typing.get_args(field.annotation) if kind is not NoneType]
        return "none (secret)" if SecretStr in kinds else "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


CODES = re.compile(r"(?<=\n\| status \| code \| title \|\n\| --- \| --- \| --- \|\n)(\|.*\n)+")
WARNINGS = re.compile(r"(?<=\n\| code \| meaning \|\n\| --- \| --- \|\n)(\|.*\n)+")


def api_text() -> str:
    """The page about the API, with a row for every code."""
    words, settings = texts("en"), TenantSettings()
    rows = sorted((int(status_of(code)), code) for code in words.problems)
    titles = {code: words.problem(code, settings).title for _, code in rows}
    codes = "".join(f"| {status} | `{code}` | {titles[code]} |\n" for status, code in rows)
    warnings = "".join(f"| `{code}` | {text} |\n" for code, text in sorted(words.warnings.items()))
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    return WARNINGS.sub(lambda _: warnings, CODES.sub(lambda _: codes, page))


def main(arguments: list[str]) -> int:
    """0 where both documents are in step."""
    wanted = {
        DOCS / "cli.md": cli_text(),
        DOCS / "settings.md": settings_text(),
        DOCS / "api.md": api_text(),
        DOCS / "permissions.md": permissions_text(),
    }
    stale = 0
    for path, text in wanted.items():
        if "--write" in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"docs/{path.name} is out of step; to write it anew:")
            print("  ./dev run python -m tests.checks.documents --write")
            stale += 1
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
