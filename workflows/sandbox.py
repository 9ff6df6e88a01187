"""The sandbox in which processes run, and what it takes from outside instead of loading anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import (
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

LIBRARIES = ("events", "pydantic", "pydantic_core", "structlog", "cryptography", "yaml")
WATCHED = "workflows.process"


def sandboxed(processes: Sequence[type]) -> WorkflowRunner:
    """Loads only the modules of the workflows themselves anew for every run.

    Rules and messages are pure and made of frozen values; to load them anew as well costs over
    100 ms for every start.
    """
    watched = {process.__module__ for process in processes} | {WATCHED}
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        *LIBRARIES, *_beside(watched)
    )
    _ANEW.learn(watched)
    if _ANEW not in sys.meta_path:
        sys.meta_path.insert(0, _ANEW)
    return _CaseRunner(SandboxedWorkflowRunner(restrictions=restrictions))


def _beside(watched: set[str]) -> list[str]:
    """The loaded modules around the watched ones, without them and the packages they lie in."""
    roots = {name.split(".")[0] for name in watched}
    return [
        name
        for name in sys.modules
        if name.split(".")[0] in roots
        and not any(one == name or one.startswith(name + ".") for one in watched)
    ]


class _Anew(MetaPathFinder, Loader):
    """Loads the watched modules again without reading and compiling them again.

    The packages around them only put rules together, so those come as they are; that and the
    compiling are half of what a start costs where no compiled files are kept.
    """

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}
        self._packages: dict[str, ModuleType] = {}

    def learn(self, watched: set[str]) -> None:
        for name in watched:
            module = sys.modules[name]
            loader = getattr(module, "__loader__", None)
            if isinstance(loader, InspectLoader) and name not in self._code:
                code = loader.get_code(name)
                if code is not None:
                    self._code[name] = code
            parts = name.split(".")
            for end in range(1, len(parts)):
                package = ".".join(parts[:end])
                self._packages[package] = sys.modules[package]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self._packages:
            known = self._packages[fullname]
            return spec_from_file_location(
                fullname,
                known.__file__,
                loader=self,
                submodule_search_locations=list(known.__path__),
            )
        if fullname in self._code:
            return spec_from_file_location(fullname, self._code[fullname].co_filename, loader=self)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        known = self._packages.get(module.__name__)
        if known is None:
            exec(self._code[module.__name__], module.__dict__)  # noqa: S102 - as any loader does
            return
        for name, value in vars(known).items():
            if not name.startswith("__") and getattr(value, "__name__", "") not in self._code:
                setattr(module, name, value)


_ANEW = _Anew()


@dataclass(frozen=True)
class _CaseRunner(WorkflowRunner):
    """All payloads of a process belong to its own case, so nobody need ask it each time.

    The plain runner enters the sandbox a dozen times a command for that, a quarter of its cost.
    """

    inner: SandboxedWorkflowRunner

    def prepare_workflow(self, defn: Any) -> None:
        self.inner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _CaseInstance(self.inner.create_instance(det), det.info)

    def set_worker_level_failure_exception_types(
        self, types: Sequence[type[BaseException]]
    ) -> None:
        self.inner.set_worker_level_failure_exception_types(types)


class _CaseInstance(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, info: Info) -> None:
        self._inner = inner
        self._context = WorkflowSerializationContext(
            namespace=info.namespace, workflow_id=info.workflow_id
        )
        self._store = StorageDriverStoreContext(target=None)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: object) -> WorkflowSerializationContext:
        return self._context

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return self._store

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()
