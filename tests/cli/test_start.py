"""Starting: versions and help, quickly and without loading what they do not need."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import crmclean
from crmclean.cli import COMMANDS
from tests.cli.conftest import Call
from tests.conftest import crmclean as shell

HEAVY = ("pandas", "numpy", "scipy", "pyarrow", "phonenumbers", "rapidfuzz", "xlsxwriter", "nameparser")


def loaded(code: str) -> set[str]:
    """The modules that are loaded after a piece of code ran in a process of its own."""
    script = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('\\n' + '\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    return set(done.stdout.splitlines())


@pytest.mark.parametrize(
    "code",
    [
        "import crmclean",
        "from crmclean.cli import main; main(['--version'])",
        "from crmclean.cli import main; sys.argv = ['crmclean', '--help']; main()",
    ],
)
def test_starts_without_pandas(code: str) -> None:
    """Importing the package, --version and --help load no data libraries and few modules."""
    modules = loaded(code)
    assert modules.isdisjoint(HEAVY)
    assert len([m for m in modules if m.startswith("crmclean")]) < 12
    assert len(modules) < 400


def test_version(call: Call) -> None:
    """The version is that of the installed package and of the module."""
    assert call("--version").out.split()[-1] == crmclean.__version__ == version("crmclean")


def test_as_a_module(tmp_path: Path) -> None:
    """``python -m crmclean`` is the command line."""
    assert "crmclean" in shell("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_every_command(call: Call, name: str) -> None:
    """Every command has help with a sentence of its own."""
    called = call(name, "--help")
    assert called.code == 0
    assert called.out.startswith(f"Usage: crmclean {name}")


def test_no_arguments_is_help(call: Call) -> None:
    """Without arguments the commands are listed; it is a matter of usage."""
    called = call()
    assert called.code == 2
    assert all(name in called.err + called.out for name in COMMANDS)
