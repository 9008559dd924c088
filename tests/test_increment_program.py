"""A store that other rules made is consolidated anew, also where the number of the version is the same."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

import crmclean
from crmclean.config import Config
from crmclean.increment import full_because, plan, settings_of
from crmclean.increment.program import digest_of, program
from crmclean.pipeline import run
from crmclean.store import Store

CONFIG = Config(as_of="2026-06-30")
ROWS = pd.DataFrame([{"Kundennummer": "1", "Vorname": "Ida", "Nachname": "Köhler", "Ort": "Berlin"}])


@pytest.fixture
def package(tmp_path):
    """A folder like that of the package."""
    for name, text in {
        "fields.py": "a = 1\n",
        "normalize/phone.py": "b = 2\n",
        "data/titles.txt": "Dr\n",
        "data/build/titles.py": "c = 3\n",
        "view/text.py": "d = 4\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("fields.py", True),
        ("normalize/phone.py", True),
        ("data/titles.txt", True),
        ("normalize/fax.py", True),
        ("data/build/titles.py", False),
        ("view/text.py", False),
        ("normalize/phone.pyc", False),
    ],
)
def test_rules_count_and_looks_do_not(package, name, counts):
    """A changed or new file of a stage is another program; one that only shows something is not."""
    before = digest_of(package)
    (package / name).write_text("changed\n", encoding="utf-8")
    assert (digest_of(package) != before) == counts


def test_a_stage_without_a_file_is_another_program(package):
    """What is gone changes results, too; ends of lines change nothing, nor does the place."""
    before = digest_of(package)
    (package / "fields.py").write_bytes(b"a = 1\r\n")
    assert digest_of(package) == before
    shutil.copytree(package, package / "copy")
    assert digest_of(package / "copy") == before
    (package / "data" / "titles.txt").unlink()
    assert digest_of(package) != before


def test_other_rules_ask_for_a_full_run(tmp_path, monkeypatch):
    """The run after an upgrade without a new number normalises all records anew, and says so."""
    assert program().startswith(f"{crmclean.__version__}+")
    with Store(tmp_path / "crmclean.db") as store:
        run([("erp", ROWS)], CONFIG, store=store)
        assert full_because(store, CONFIG, settings_of(CONFIG), "") == ""
        monkeypatch.setattr(plan, "program", lambda: f"{crmclean.__version__}+other")
        assert full_because(store, CONFIG, settings_of(CONFIG), "") == "program"
        found = run([("erp", ROWS)], CONFIG, store=store)
        assert (found.taken, found.because) == ("full", "program")
        assert run([("erp", ROWS)], CONFIG, store=store).taken == "increment"
