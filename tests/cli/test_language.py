"""Errors are said in the language of the command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmclean.cli.language import error_texts, spoken
from crmclean.errors import ConfigError, ReadError
from crmclean.messages import catalogue
from tests.cli.conftest import Call

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system without a language, an empty folder."""
    for name in _LOCALE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("arguments", [["--lang", "de"], ["--lang=de"]])
def test_option_decides(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """--lang is stronger than configuration and system."""
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    Path("crmclean.toml").write_text('lang = "en"\n', encoding="utf-8")
    assert spoken(["profile", "x.csv", *arguments]) == "de"
    assert spoken(["profile", "x.csv", "--", *arguments]) == "en"


def test_configuration_decides_without_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's file, here, beside the store, or named; a broken one says nothing."""
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    Path("crmclean.toml").write_text('lang = "en"\n', encoding="utf-8")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "crmclean.toml").write_text('lang = "de"\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("lang = de\n", encoding="utf-8")
    assert spoken(["run", "x.csv"]) == "en"
    assert spoken(["run", "x.csv", "--store", "far/crmclean.db"]) == "de"
    assert spoken(["run", "x.csv", "-c", "far/crmclean.toml"]) == "de"
    assert spoken(["run", "x.csv", "--config=broken.toml"]) == "de"


@pytest.mark.parametrize(
    ("name", "lang"), [("de_AT.UTF-8", "de"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")]
)
def test_system_decides_last(name: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a German system speaks German by itself."""
    monkeypatch.setenv("LC_ALL", name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert spoken(["run", "x.csv"]) == lang


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["profile", "fehlt.csv"], "die Datei fehlt.csv gibt es nicht", "meinten Sie erp.csv"),
        (
            ["run", "fehlt.csv", "--config", "k.toml"],
            "die Konfigurationsdatei k.toml gibt es nicht",
            "crmclean init",
        ),
        (["run", "a.csv", "--as-of", "gestern"], "--as-of gestern ist kein Datum", "2026-06-30"),
        (["run", "--source", "erp"], "--source erp ist nicht NAME=DATEI", "Kunden_2026.csv"),
    ],
)
def test_a_command_says_errors_in_german(call: Call, arguments: list[str], said: str, hint: str) -> None:
    """Message and hint are German; exit codes are the same in both languages."""
    german, english = call(*arguments, "--lang", "de"), call(*arguments, "--lang", "en")
    assert german.code == english.code in {2, 3}
    assert said in german.err
    assert re.search(rf"^Hinweis: .*{hint}", german.err, re.MULTILINE)
    assert said not in english.err
    assert "Hint: " in english.err


def test_a_wrong_configuration_is_told_in_its_language(call: Call) -> None:
    """The configuration's own language counts even where another of its keys is wrong."""
    Path("crmclean.toml").write_text('lang = "de"\n[normalize]\ndefault_contry = "AT"\n', encoding="utf-8")
    called = call("profile", "x.csv")
    assert "unbekannter Schlüssel 'default_contry' in [normalize]" in called.err
    assert "Hinweis: meinten Sie 'default_country'?" in called.err


def test_an_error_without_key_is_said_as_it_came() -> None:
    """So is one whose values do not fill its sentence."""
    assert error_texts(ConfigError("odd", hint="mend it"), "de") == ("odd", "mend it")
    assert error_texts(ReadError("odd", key="errors.config.missing"), "de") == ("odd", "")


def test_errors_made_of_keys_speak_english_to_programs() -> None:
    """`of` fills message and hint; no sentence of an error lacks a language."""
    error = ConfigError.of("errors.config.missing", file="k.toml")
    assert (error.message, error.hint) == ("no configuration file k.toml", "crmclean init FILES writes one")
    keys = [key for key in catalogue() if key.startswith("errors.")]
    assert keys
    assert all(all(catalogue()[key]) for key in keys)
    placeholders = [tuple(set(re.findall(r"{(\w+)}", text)) for text in catalogue()[key]) for key in keys]
    assert all(english == german for english, german in placeholders)
