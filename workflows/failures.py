"""The only two failures that leave a process: a refusal, and a command nobody could carry out."""

from __future__ import annotations

from temporalio.exceptions import ActivityError, ApplicationError

from workflows.decision import Refused
from workflows.wire import ERASED, FAILED, REFUSED


def refusal(refused: Refused, attempt: str) -> ApplicationError:
    """``attempt`` is the call it answers, so that its sender can tell it from an older one."""
    details = (refused.code, refused.field, attempt)
    return ApplicationError(refused.code, *details, type=REFUSED, non_retryable=True)


def failure_of(failure: BaseException, attempt: str) -> ApplicationError:
    """Tells the kind of what went wrong and nothing more: its text may quote the case."""
    if isinstance(failure, ActivityError) and failure.cause is not None:
        failure = failure.cause
    details = (_kind(failure), None, attempt)
    text = "the command could not be carried out"
    return ApplicationError(text, *details, type=FAILED, non_retryable=True)


def is_erased(failure: BaseException) -> bool:
    """Whether the store refused because the dossier is being erased, or was."""
    cause = failure.cause if isinstance(failure, ActivityError) else failure
    return isinstance(cause, ApplicationError) and cause.type == ERASED


def _kind(failure: BaseException) -> str | None:
    if not isinstance(failure, ApplicationError):
        return type(failure).__name__
    return failure.details[0] if failure.type == FAILED and failure.details else failure.type
