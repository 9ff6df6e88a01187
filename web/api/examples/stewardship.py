"""One example of every command that all processes have besides rectification."""

from __future__ import annotations

from typing import Any

STEWARDSHIP: dict[str, Any] = {
    "PlaceLegalHold": {"reason": "Er loopt een bezwaar tegen het eindverslag"},
    "LiftLegalHold": {"reason": "Het bezwaar is afgehandeld"},
    "RestrictProcessing": {
        "ground": "accuracy",
        "reason": "De leerkracht betwist de bevindingen van het tweede bezoek",
    },
    "LiftRestriction": {"reason": "De bevindingen zijn nagegaan en gerectificeerd"},
    "RequestErasure": {"ground": "retention", "reason": "De termijn van twee jaar is voorbij"},
    "ApproveErasure": {"reason": "Nagekeken: niets is nog nodig"},
    "DeclineErasure": {"reason": "Er loopt nog een beroep"},
}
