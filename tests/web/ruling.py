"""What an auditor would be told of a case that the product recorded itself."""

from __future__ import annotations

from fastapi import FastAPI

from web.pages.audit.conforming import ruled
from web.site import DEMO_BOARD


async def wrong_in(app: FastAPI, case: str) -> list[str]:
    """What no rule allows of a case of the example board, such as ``supervision/<id>``."""
    process, _, stream = case.partition("/")
    site = app.state.site
    dossier = await site.dossiers.read(DEMO_BOARD, process, stream)
    assert dossier is not None
    return [one.code for one in (await ruled(site, DEMO_BOARD, dossier)).wrong]
