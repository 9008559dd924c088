"""Wrong things: a clear message, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.conftest import Example

FILES = {
    "empty.csv": b"",
    "header.csv": b"Kundennummer;Vorname;Nachname;Ort\r\n",
    "one_column.csv": b"E-Mail\nanna@web.de\nbernd@gmx.de\n",
    "binary.csv": bytes(range(256)) * 40,
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
}
READING = ("run", "dedupe", "profile", "init", "normalize")
UNREADABLE = [
    ("empty.csv", "is empty"),
    ("binary.csv", "binary"),
    ("picture.xlsx", "not a table but PNG"),
    ("folder", "is a folder"),
    ("missing.csv", "there is no file missing.csv"),
]


@pytest.fixture
def wrong(project: Path) -> Path:
    """A folder with all kinds of wrong files."""
    for name, content in FILES.items():
        (project / name).write_bytes(content)
    (project / "folder").mkdir()
    return project


def results(folder: Path) -> list[str]:
    """What a command left behind: result folders, configurations, files that are no inputs."""
    return sorted(
        p.name for p in folder.iterdir() if p.name not in {*FILES, "erp.csv", "folder", "crmclean.db"}
    )


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize(("name", "said"), UNREADABLE)
def test_unreadable_file(call: Call, wrong: Path, command: str, name: str, said: str) -> None:
    """Empty, binary, missing, a folder: exit code 3, one sentence and a hint, no results."""
    called = call(command, name)
    assert (called.code, called.out) == (3, "")
    assert said in called.err
    assert "Hint: " in called.err
    assert results(wrong) == []


@pytest.mark.parametrize("command", READING)
def test_near_file_is_suggested(call: Call, wrong: Path, command: str) -> None:
    """A misspelt file name gets the near one as hint."""
    assert wrong.is_dir()
    assert "erp.csv" in call(command, "erpp.csv").err


@pytest.mark.parametrize("name", ["header.csv", "one_column.csv"])
@pytest.mark.parametrize("command", ["run", "dedupe", "profile"])
def test_little_to_read(call: Call, wrong: Path, command: str, name: str) -> None:
    """A header alone or a single column is read as what it is."""
    assert wrong.is_dir()
    called = call(command, name)
    assert (called.code, called.err) == (0, "")
    assert name in called.out


@pytest.mark.parametrize("command", ["run", "dedupe"])
def test_unreadable_among_others_leaves_old_results(call: Call, wrong: Path, command: str) -> None:
    """One bad file of several ends the run; the results of the run before stay whole."""
    call(command, "erp.csv")
    before = {p.name: p.read_bytes() for p in (wrong / "out").iterdir()}
    assert call(command, "erp.csv", "binary.csv").code == 3
    assert {p.name: p.read_bytes() for p in (wrong / "out").iterdir()} == before


@pytest.mark.parametrize("command", [*READING, "show", "find", "explain"])
def test_unknown_option(call: Call, command: str) -> None:
    """An unknown option is a matter of usage: exit code 2, the near one suggested."""
    called = call(command, "erp.csv", "--jsno")
    assert (called.code, called.out) == (2, "")
    assert "--json" in called.err


def test_unknown_command(call: Call) -> None:
    """An unknown command is a matter of usage."""
    called = call("rum", "erp.csv")
    assert (called.code, called.out) == (2, "")
    assert "rum" in called.err


@pytest.mark.parametrize("command", READING)
def test_no_file_at_all(call: Call, command: str) -> None:
    """A command without files says that they are missing."""
    called = call(command)
    assert called.code == 2
    assert "FILE" in called.err


@pytest.mark.parametrize("command", ["run", "dedupe"])
def test_output_folder_of_others(call: Call, project: Path, command: str) -> None:
    """A folder with files that are not ours is refused, its files are named; --force keeps them."""
    (project / "theirs").mkdir()
    (project / "theirs" / "notes.txt").write_text("mine", encoding="utf-8")
    called = call(command, "erp.csv", "--output", "theirs")
    assert (called.code, called.out) == (4, "")
    assert "notes.txt" in called.err
    assert "--force" in called.err
    assert [p.name for p in (project / "theirs").iterdir()] == ["notes.txt"]
    assert call(command, "erp.csv", "--output", "theirs", "--force").code == 0
    assert (project / "theirs" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (project / "theirs" / "crosswalk.csv").is_file()


@pytest.mark.parametrize("command", ["run", "dedupe"])
def test_output_is_a_file(call: Call, project: Path, command: str) -> None:
    """A file where the folder should be is left alone."""
    (project / "out").write_text("mine", encoding="utf-8")
    called = call(command, "erp.csv")
    assert (called.code, called.out) == (4, "")
    assert "is a file" in called.err
    assert (project / "out").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("command", ["run", "dedupe", "init"])
def test_no_permission_to_write(call: Call, project: Path, command: str) -> None:
    """A folder that may not be written is a sentence, not a traceback."""
    closed = project / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    target = closed / ("crmclean.toml" if command == "init" else "out")
    called = call(command, "erp.csv", "--output", target)
    closed.chmod(0o700)
    assert called.code == 4
    assert list(closed.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission_to_read(call: Call, project: Path) -> None:
    """A file that may not be read is a sentence, not a traceback."""
    (project / "erp.csv").chmod(0)
    assert call("run", "erp.csv").code == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--config", "nope.toml"], "nope.toml"),
        (["--config", "bad.toml"], "not valid TOML"),
        (["--config", "key.toml"], "match_threshold"),
        (["--source", "erp"], "NAME=FILE"),
        (["--lang", "fr"], "fr"),
    ],
)
@pytest.mark.parametrize("command", ["run", "dedupe"])
def test_wrong_settings(call: Call, project: Path, command: str, options: list[str], said: str) -> None:
    """Configuration that is missing, broken or misspelt: exit code 2 and the near key."""
    (project / "bad.toml").write_text("[match\n", encoding="utf-8")
    (project / "key.toml").write_text("[match]\nmatch_treshold = 0.7\n", encoding="utf-8")
    called = call(command, "erp.csv", *options)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert not (project / "out").exists()


def test_wrong_day(call: Call) -> None:
    """A day that is none says how to write it."""
    called = call("run", "erp.csv", "--as-of", "30.06.2026")
    assert called.code == 2
    assert "2026-06-30" in called.err


@pytest.mark.parametrize(
    "arguments",
    [["show", "erp:1"], ["find", "erp:1"], ["explain", "erp:1", "erp:2"], ["consent", "reach"]],
)
def test_no_store(call: Call, project: Path, arguments: list[str]) -> None:
    """Asking a store that is not there makes none, and says how one comes about."""
    called = call(*arguments)
    assert (called.code, called.out) == (4, "")
    assert "crmclean run" in called.err
    assert not (project / "crmclean.db").exists()


@pytest.mark.parametrize("command", ["run", "show", "find"])
def test_store_that_is_none(call: Call, project: Path, command: str) -> None:
    """A file that is no store is refused and left as it is."""
    (project / "notes.db").write_text("mine", encoding="utf-8")
    called = call(command, "erp.csv", "--store", "notes.db")
    assert (called.code, called.out) == (4, "")
    assert "not a store" in called.err
    assert (project / "notes.db").read_text(encoding="utf-8") == "mine"


def test_nobody(call: Call, stored: list[str]) -> None:
    """A customer who is not there is exit code 4 for show and 1 for find."""
    assert call("show", "Qqqq Xxxx", *stored).code == 4
    assert call("find", "Qqqq Xxxx", *stored).code == 1


def test_messages_name_no_people(call: Call, example: Example) -> None:
    """Errors say ids and files, never what was asked for: it may be a name or an address."""
    called = call("show", "Waltraud Unbekannt", "--store", example.store)
    assert "Waltraud" not in called.err
