"""The README's walk-through, typed by a newcomer: every answer is as printed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.supervisor import free_port
from tests.docs.walkthrough import ROOT, parts

START_SECONDS = 120
END = "--- end of block ---"


@pytest.fixture(scope="module")
def demo() -> Iterator[dict[str, str]]:
    """`traject up --demo` in a folder of its own, until it says that it runs."""
    folder, port = Path(tempfile.mkdtemp(prefix="traject-readme-")), free_port()
    folder.chmod(0o711)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("TRAJECT_")},
        "TRAJECT_DATA_FOLDER": str(folder),
        "TRAJECT_WORKER_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    said = folder / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "up", "--demo", "--port", str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    limit = time.monotonic() + START_SECONDS
    while "Traject is running" not in said.read_text():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < limit, said.read_text()
        time.sleep(0.1)
    try:
        yield {
            **environment,
            "TOKENS": str(folder / "demo" / "tokens"),
            "API": f"http://127.0.0.1:{port}/api/v1",
        }
    finally:
        process.terminate()
        code, text = process.wait(10), said.read_text()
        shutil.rmtree(folder)
        assert code == 0, text


def test_every_answer_is_as_printed(demo: dict[str, str], tmp_path: Path) -> None:
    blocks = parts()
    script = tmp_path / "walk.sh"
    script.write_text("".join(f"{part.typed}\necho '{END}'\n" for part in blocks))
    run = subprocess.run(
        ["bash", str(script)], env=demo, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.stderr == ""
    got = run.stdout.split(f"{END}\n")
    assert len(got) == len(blocks) + 1
    for part, printed in zip(blocks, got, strict=False):
        assert printed == (part.printed or ""), part.typed
