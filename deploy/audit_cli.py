"""The commands ``traject audit ...``: what an auditor asks of an installation."""

from __future__ import annotations

import typer

audit_app = typer.Typer(
    help="Prove, check and replay what was recorded.", no_args_is_help=True, rich_markup_mode=None
)
