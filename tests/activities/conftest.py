"""The same stage as for processes."""

from tests.workflows.conftest import played, stage, store

__all__ = ["played", "stage", "store"]
