"""The commands ``traject audit ...``: what an auditor asks of an installation."""

from __future__ import annotations

import typer

from deploy.audit_conform_cli import conform
from deploy.audit_log_cli import checkpoint, rotate_key
from deploy.audit_replay_cli import replay
from deploy.audit_verify_cli import export, prove, verify

audit_app = typer.Typer(
    help="Prove, check and replay what was recorded.", no_args_is_help=True, rich_markup_mode=None
)
audit_app.command("checkpoint")(checkpoint)
audit_app.command("rotate-key")(rotate_key)
audit_app.command("conform")(conform)
audit_app.command("replay")(replay)
audit_app.command("verify")(verify)
audit_app.command("export")(export)
audit_app.command("prove")(prove)
