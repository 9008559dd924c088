"""Predictions for the suites cologne, phonetics_en and csv_files.

csv_files names a file beside the suite; it is read as `crmclean.read` would read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from crmclean.errors import ReadError
from crmclean.read.csv_sniff import sniff_csv
from crmclean.text.phonetics import cologne_phonetics, match_rating, metaphone, nysiis, soundex

__all__ = ["FILES", "SUITES", "csv_file", "predict"]

FILES = "csv_files"
_ENGLISH = {"soundex": soundex, "metaphone": metaphone, "nysiis": nysiis, "match_rating_codex": match_rating}


def _cologne(row: Mapping[str, str]) -> dict[str, object]:
    return {"code": cologne_phonetics(row["input"])}


def _english(row: Mapping[str, str]) -> dict[str, object]:
    code = _ENGLISH.get(row["algorithm"])
    return {"code": code(row["input"])} if code is not None else {}


SUITES: dict[str, Callable[[Mapping[str, str]], dict[str, object]]] = {
    "cologne": _cologne,
    "phonetics_en": _english,
}


def predict(suite: str, row: Mapping[str, str]) -> dict[str, object]:
    """The fields of a prediction for one case."""
    return SUITES[suite](row)


def csv_file(path: Path) -> dict[str, object]:
    """Encoding, delimiter, quote and number of columns of a file; nothing where it is refused."""
    try:
        sniffed = sniff_csv(path.read_bytes(), file=path.name)
    except ReadError:
        return {}
    return {
        "encoding": sniffed.decoded.encoding,
        "delimiter": sniffed.dialect.delimiter,
        "quotechar": sniffed.dialect.quote,
        "columns": str(sniffed.dialect.columns),
    }
