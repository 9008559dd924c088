"""The doubtful pairs as a workbook to decide in, and what comes back, checked row by row.

Key columns tell the pair, and a check whether they still are about what was shown. Nothing is done
of a workbook in which a word is unknown, a key was changed, or decisions contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from crmclean.errors import ReadError
from crmclean.messages import Lang, say
from crmclean.read import load_tables
from crmclean.steward.doubts import SHOWN, Doubt, pair_check
from crmclean.steward.settle import customers_joined
from crmclean.store import Store
from crmclean.write import write_file
from crmclean.write.form import write_form

__all__ = ["Finding", "Reviewed", "read_workbook", "write_workbook_of"]

_SAME = frozenset({"same", "gleich", "ja", "yes", "1", "dublette", "duplicate"})
_DIFFERENT = frozenset({"different", "verschieden", "nein", "no", "0"})
_OPEN = frozenset({"", "open", "offen", "skip"})
COLUMNS = ("number", "decision", "reason", "probability", "worth", "why")
KEYS = ("record_l", "record_r", "pair", "check")
LANGS: tuple[Lang, Lang] = ("en", "de")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row.

    Args:
        row: Row in the workbook, the header is 1.
        code: unknown_word, changed, unknown_pair, twice or contradiction.
        detail: Word, or rows it contradicts.
    """

    row: int
    code: str
    detail: str = ""

    def sentence(self, lang: Lang) -> str:
        """The finding in words."""
        return say(f"steward.review.{self.code}", lang, row=self.row, detail=self.detail)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a workbook says.

    Args:
        decided: Row, pair of parties, same or different, reason.
        findings: What is wrong with it; where there is one, nothing may be applied.
        left_open: Rows without a decision.
    """

    decided: tuple[tuple[int, tuple[str, str], str, str], ...]
    findings: tuple[Finding, ...]
    left_open: int


def write_workbook_of(doubts: Sequence[Doubt], path: Path, lang: Lang) -> None:
    """Writes the pairs side by side, with a column to decide in.

    Args:
        doubts: The pairs, in order.
        path: File to write, replaced if it is there.
        lang: Language of headers and words.

    Raises:
        StoreError: It cannot be written.
    """
    titles = _titles(lang)
    rows = [_row(number, doubt) for number, doubt in enumerate(doubts, start=1)]
    frame = pd.DataFrame(rows, columns=list(titles)).rename(columns=titles)
    words = [say(f"steward.review.word.{word}", lang) for word in ("same", "different", "open")]
    writer = partial(
        _write,
        frame=frame,
        name=say("steward.review.sheet", lang),
        choices={titles["decision"]: words},
        free=[titles["reason"]],
        hidden=[titles["pair"], titles["check"]],
    )
    write_file(path, writer)


def _write(
    path: Path,
    *,
    frame: pd.DataFrame,
    name: str,
    choices: Mapping[str, Sequence[str]],
    free: Sequence[str],
    hidden: Sequence[str],
) -> None:
    write_form(path, frame, name=name, choices=choices, free=free, hidden=hidden)


def _titles(lang: Lang) -> dict[str, str]:
    """Column = header, in the order of the workbook."""
    found = {name: say(f"steward.review.column.{name}", lang) for name in COLUMNS}
    for field in SHOWN:
        for side in ("l", "r"):
            found[f"{field}_{side}"] = f"{say(f'view.field.{field}', lang)} {'A' if side == 'l' else 'B'}"
    return found | {name: say(f"steward.review.column.{name}", lang) for name in KEYS}


def _row(number: int, doubt: Doubt) -> dict[str, object]:
    records = [" ".join(part) for part in doubt.records]
    row: dict[str, object] = {
        "number": float(number),
        "probability": round(doubt.probability, 2),
        "worth": round(doubt.worth, 2),
        "why": doubt.reason,
        "record_l": records[0],
        "record_r": records[1],
        "pair": "|".join(doubt.parties),
        "check": pair_check(doubt.parties, records),
    }
    for side, values in zip(("l", "r"), doubt.values, strict=True):
        row |= {f"{field}_{side}": value for field, value in values.items()}
    return row


def read_workbook(store: Store, path: Path, lang: Lang) -> Reviewed:
    """What a workbook says, checked against the store.

    Args:
        store: Knows the parties.
        path: The workbook; a csv file with the same headers is understood too.
        lang: Language of the error.

    Raises:
        ReadError: It cannot be read, or has not the columns of `write_workbook_of`.
    """
    tables = load_tables([path])
    table = next((t for t in tables if _named(t.frame.columns)), None)
    if table is None:
        raise ReadError(
            say("steward.review.not_ours", lang, file=path.name),
            hint=say("steward.review.not_ours_hint", lang),
        )
    names = _named(table.frame.columns)
    cells = {name: table.frame[column].fillna("").str.strip().tolist() for name, column in names.items()}
    rows = [int(line) for line in table.lines]
    known = set(store.load("members", where={"party": _parties(cells["pair"])})["party"])
    decided: list[tuple[int, tuple[str, str], str, str]] = []
    findings: list[Finding] = []
    left_open = 0
    reasons = cells.get("reason", [""] * len(rows))
    ends = zip(cells["pair"], cells["check"], cells["record_l"], cells["record_r"], strict=True)
    for row, said, reason, (pair, check, left, right) in zip(
        rows, cells["decision"], reasons, ends, strict=True
    ):
        word = said.lower()
        parties = tuple(pair.split("|"))
        if len(parties) != 2 or pair_check(parties, [left, right]) != check:
            findings.append(Finding(row, "changed"))
        elif word in _OPEN:
            left_open += 1
        elif word not in _SAME | _DIFFERENT:
            findings.append(Finding(row, "unknown_word", said))
        elif not set(parties) <= known:
            findings.append(Finding(row, "unknown_pair"))
        else:
            decided.append((row, (parties[0], parties[1]), "same" if word in _SAME else "different", reason))
    findings += _contradictions(store, decided)
    return Reviewed(tuple(decided), tuple(sorted(findings, key=lambda f: (f.row, f.code))), left_open)


def _named(columns: Iterable[object]) -> dict[str, str]:
    """Column of ours = header, in either language; empty where one that is needed is missing."""
    headers = {str(c).strip().lower(): str(c) for c in columns}
    needed = ("decision", "pair", "check", "record_l", "record_r")
    found = {}
    for name in (*needed, "reason"):
        for lang in LANGS:
            title = say(f"steward.review.column.{name}", lang).lower()
            if title in headers:
                found[name] = headers[title]
    return found if set(needed) <= set(found) else {}


def _parties(pairs: Sequence[str]) -> list[str]:
    return sorted({party for pair in pairs for party in pair.split("|")}) or [""]


def _contradictions(store: Store, decided: Sequence[tuple[int, tuple[str, str], str, str]]) -> list[Finding]:
    """Rows that decide a pair in two ways, or call different what other rows make one."""
    found: list[Finding] = []
    said: dict[tuple[str, str], tuple[int, str]] = {}
    for row, pair, word, _ in decided:
        first = said.setdefault(pair, (row, word))
        if first[1] != word:
            found.append(Finding(row, "twice", str(first[0])))
    one = customers_joined(store, [(pair, word) for _, pair, word, _ in decided])
    for row, pair, word, _ in decided:
        if word == "different" and one[pair[0]] == one[pair[1]] and said[pair] == (row, word):
            rows = [str(r) for r, p, w, _ in decided if w == "same" and one[p[0]] == one[pair[0]]]
            if rows:
                found.append(Finding(row, "contradiction", ", ".join(rows[:10])))
    return found
