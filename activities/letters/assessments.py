"""What mails about an assessment trajectory say (docs/contract.md 6)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "assessor_assigned": ("Er is een beoordelaar aangewezen", "An assessor was assigned"),
    "assessment_plan_set": (
        "De periode van de beoordeling is vastgesteld",
        "The period of the assessment was set",
    ),
    "teacher_heard": ("Uw gesprek is vastgelegd", "Your hearing was recorded"),
    "assessment_issued": ("De beoordeling is uitgebracht", "The assessment was issued"),
    "assessment_closed": ("Een beoordeling is afgesloten", "An assessment was closed"),
    "assessment_withdrawn": ("Een beoordeling is ingetrokken", "An assessment was withdrawn"),
}
"""Kind of notice: the subject in Dutch and in English."""
