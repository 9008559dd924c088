"""What many tests share: the example run, made once, and the option that renews golden files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
DATA = EXAMPLES / "data"
AS_OF = "2026-06-30"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` writes the golden files anew; read the diff before committing it."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


def crmclean(
    *arguments: str | Path, cwd: Path, environment: dict[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The program as a shell would start it: its exit code, standard output and standard error."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "PYTEST", "PYTHONIOENCODING"))}
    return subprocess.run(
        [sys.executable, "-m", "crmclean", *map(str, arguments)],
        cwd=cwd,
        env={**kept, **(environment or {})},
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


def example_files() -> list[Path]:
    """The inputs of the main job, as the shell expands ``examples/data/*``."""
    return sorted(DATA.iterdir())


def run_example(
    folder: Path, *, files: Sequence[Path] = (), environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The main job with `folder` as its project folder; results in its out/."""
    inputs = list(files) or example_files()
    done = crmclean("run", *inputs, "--output", "out/", "--as-of", AS_OF, cwd=folder, environment=environment)
    assert done.returncode == 0, done.stderr
    return done


@dataclass(frozen=True)
class Example:
    """The example run: its project folder and what it said."""

    folder: Path
    said: str

    @property
    def out(self) -> Path:
        """The folder of its results."""
        return self.folder / "out"

    @property
    def store(self) -> Path:
        """Its store; not to be written to."""
        return self.folder / "crmclean.db"


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The main job on the shipped example, run once per session."""
    folder = tmp_path_factory.mktemp("example")
    return Example(folder, run_example(folder).stdout)
