"""The scripts in examples/ run, from any folder, and show what they promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import crmclean
from crmclean.consent import policy_of
from tests.conftest import DATA, EXAMPLES

SHOWS = {
    "01_library.py": "97 records -> ",
    "02_dedupe_frame.py": "7 and 8: match",
    "03_etl.py": "exit code 3: ",
    "04_normalize_values.py": "-> AT (ok)",
    "05_consent.py": "2026-03-01 yes CONSENT",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SHOWS))
def test_example_runs(name: str, tmp_path: Path) -> None:
    """A script ends well, says nothing on standard error and shows its point."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert SHOWS[name] in done.stdout


def test_every_script_is_tested_and_short() -> None:
    """No script of the folder is left out, none has more than 60 lines."""
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert [script.name for script in scripts] == sorted(SHOWS)
    assert all(len(script.read_text(encoding="utf-8").splitlines()) <= 60 for script in scripts)


def test_scripts_and_files_are_described() -> None:
    """examples/README.md names every script, every file of data, and says that people are invented."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    named = [*(p.name for p in EXAMPLES.glob("*.py")), *(p.name for p in DATA.iterdir())]
    assert [name for name in named if f"`{name}`" not in text] == []
    assert "invented" in text


def test_data_holds_inputs_only() -> None:
    """examples/data/* is the argument of the main job: no truth, no notes lie there."""
    names = [p.name for p in DATA.iterdir()]
    assert [n for n in names if "gold" in n or n.startswith(".") or n.endswith(".md")] == []


def test_house_policy_loads() -> None:
    """The house policy is a configuration without an unknown key, and says what its comments say."""
    policy = policy_of(crmclean.load_config(EXAMPLES / "house_policy.toml").consent)
    assert (policy.timezone, policy.double_opt_in, policy.double_opt_in_methods) == (
        "UTC",
        ("email",),
        ("any",),
    )
    assert set(policy.proof_fields) == {"evidence", "date"}
    assert (policy.stale_months("email"), policy.pending_ttl_days) == (0, 0)
    assert (policy.soft_opt_in.channels, policy.soft_opt_in.months) == (("email",), 0)
    assert policy.presumed.countries == ()
    assert (policy.post_marketing, policy.shared_contact_grants) == ("consent", "nobody")
    assert policy.purpose_map["werbung"] == "marketing.offers"
    assert policy.channel_map["alle"] == "any"
