"""Sentences about increments: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "increment.taken": (
        "increment: {records} records were new or changed, {customers} customers were touched; all others stay",
        "Zuwachs: {records} Datensätze waren neu oder geändert, {customers} Kunden sind berührt; alle anderen bleiben",
    ),
    "increment.partial": (
        "the files hold the touched customers alone; crmclean run without files writes all",
        "Die Dateien enthalten nur die berührten Kunden; crmclean run ohne Dateien schreibt alle",
    ),
    "increment.full": (
        "full run: {because}",
        "Voller Lauf: {because}",
    ),
    "increment.because.asked": ("it was asked for", "so verlangt"),
    "increment.because.no_files": ("no files were named", "es sind keine Dateien genannt"),
    "increment.because.unknown": (
        "the store does not say with which settings it was made",
        "der Speicher sagt nicht, mit welchen Einstellungen er gemacht ist",
    ),
    "increment.because.program": (
        "the store was made by another version, or with other rules",
        "der Speicher ist mit einer anderen Version oder anderen Regeln gemacht",
    ),
    "increment.because.settings": (
        "settings changed since the last run",
        "Einstellungen sind seit dem letzten Lauf geändert",
    ),
    "increment.because.conditions": (
        "settings look at all records (include, min_quality, max_age, origin, trust_decay)",
        "Einstellungen sehen alle Datensätze an (include, min_quality, max_age, origin, trust_decay)",
    ),
    "increment.because.large": (
        "more than a third of the records are new, changed or gone",
        "mehr als ein Drittel der Datensätze ist neu, geändert oder entfallen",
    ),
    "increment.because.models": (
        "there are a tenth more records, or fewer, than the weights of matching were learned from",
        "es sind ein Zehntel mehr oder weniger Datensätze, als die Gewichte der Dublettensuche kennen",
    ),
    "increment.because.ranks": (
        "the sources stand in another order of quality",
        "die Quellen stehen in anderer Reihenfolge der Güte",
    ),
    "increment.because.doubts": (
        "other values than before are left out of matching",
        "andere Werte als vorher bleiben bei der Dublettensuche außer Betracht",
    ),
}
