"""Sentences of errors that a steward meets: of the configuration, of options, of what is read.

Key -> (English, German). The hint of a key stands under ``<key>.hint``, if it has one.
"""

from __future__ import annotations

__all__ = ["SENTENCES"]

# fmt: off
_ERRORS: dict[str, tuple[str, str]] = {
    "config.missing": ("no configuration file {file}", "die Konfigurationsdatei {file} gibt es nicht"),
    "config.missing.hint": ("crmclean init FILES writes one", "crmclean init DATEIEN schreibt eine"),
    "config.toml": ("{file} is not valid TOML: {cause}", "{file} ist kein gültiges TOML: {cause}"),
    "config.toml.hint": ("correct that place; texts stand in quotation marks", "die Stelle berichtigen; Texte stehen in Anführungszeichen"),
    "config.unreadable": ("{file} cannot be read: {cause}", "{file} ist nicht lesbar: {cause}"),
    "config.table": ("[{where}] must be a table", "[{where}] muss eine Tabelle sein"),
    "config.list": ("{where} must be a list", "{where} muss eine Liste sein"),
    "config.key": ("unknown key {name}", "unbekannter Schlüssel {name}"),
    "config.key.hint": ("known keys: {known}", "bekannte Schlüssel: {known}"),
    "config.key_near": ("unknown key {name}", "unbekannter Schlüssel {name}"),
    "config.key_near.hint": ("did you mean {near}?", "meinten Sie {near}?"),
    "config.choice": ("{where} = {value}", "{where} = {value} ist keine der Möglichkeiten"),
    "config.choice.hint": ("one of {known}", "eine von {known}"),
    "config.type": ("{where} = {value} is not of type {kind}", "{where} = {value} ist nicht vom Typ {kind}"),
    "config.threads": ("limits.threads = {value}", "limits.threads = {value} geht nicht"),
    "config.threads.hint": ("a number from 1, or 0: one per core", "eine Zahl ab 1, oder 0: eine je Kern"),
    "config.field": ("column {column} is given the unknown field {field}", "die Spalte {column} erhält das unbekannte Feld {field}"),
    "config.field.hint": ("see docs/read.md for the fields", "die Felder stehen in docs/read.md"),
    "config.field_near": ("column {column} is given the unknown field {field}", "die Spalte {column} erhält das unbekannte Feld {field}"),
    "config.field_near.hint": ("did you mean {near}?", "meinten Sie {near}?"),
    "config.role": ("unknown role {name}", "unbekannte Rolle {name}"),
    "config.role.hint": ("one of {known}", "eine von {known}"),
    "config.role_near": ("unknown role {name}", "unbekannte Rolle {name}"),
    "config.role_near.hint": ("did you mean {near}?", "meinten Sie {near}?"),
    "config.id_column": ("id column {column} is not among the columns", "die Id-Spalte {column} ist nicht unter den Spalten"),
    "config.id_column.hint": ("crmclean init FILE shows them", "crmclean init DATEI zeigt sie"),
    "config.date": ("{where} = {value} is not a date", "{where} = {value} ist kein Datum"),
    "config.date.hint": ("write it as 2026-06-30", "so schreiben: 2026-06-30"),
    "config.as_of": ("--as-of {value} is not a date", "--as-of {value} ist kein Datum"),
    "config.as_of.hint": ("write it as 2026-06-30", "so schreiben: 2026-06-30"),
    "config.source": ("--source {value} is not NAME=FILE", "--source {value} ist nicht NAME=DATEI"),
    "config.source.hint": ("for example --source erp=Kunden_2026.csv", "zum Beispiel --source erp=Kunden_2026.csv"),
    "config.memory": ("memory limit {value} is not a size", "die Speichergrenze {value} ist keine Größe"),
    "config.memory.hint": ("for example 2GB or 800MB", "zum Beispiel 2GB oder 800MB"),
}
# fmt: on
SENTENCES: dict[str, tuple[str, str]] = {f"errors.{key}": pair for key, pair in _ERRORS.items()}
