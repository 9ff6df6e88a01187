"""What a mail asks its reader to do, so that its link leads to the form for it."""

from collections.abc import Mapping

DO: Mapping[str, str] = {
    "trajectory_requested": "AcceptRequest",
    "consent_requested": "RecordTeacherConsent",
    "self_assessment_due": "SubmitSelfAssessment",
    "receipt_due": "ConfirmReceipt",
    "agreement_to_sign": "SignAgreement",
    "signature_due": "SignAgreement",
    "evaluation_due": "SubmitEvaluation",
    "sharing_due": "ShareOutcome",
    "relation_care_due": "LogContactMoment",
}
"""Kind of notice: the command that its reader is asked for. Others lead to the case."""
