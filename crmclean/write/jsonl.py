"""Documents to JSON lines: UTF-8 without BOM, LF, one object a line, missing is null.

JSON knows no NaN; numbers that are none are written as null. Keys keep their order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from crmclean.write.standard_output import is_standard_output, write_stdout

__all__ = ["jsonl_lines", "write_jsonl"]


def write_jsonl(documents: Iterable[Mapping[str, object]], target: Path | str) -> None:
    """Writes one JSON object a line to a file, or to standard output where the target is ``-``."""
    lines = jsonl_lines(documents)
    if is_standard_output(target):
        write_stdout(lines)
        return
    with Path(target).open("wb") as file:
        file.writelines(lines)


def jsonl_lines(documents: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The lines, each with its line end."""
    for document in documents:
        try:
            text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=_plain)
        except ValueError:
            text = json.dumps(_without_nan(document), ensure_ascii=False, allow_nan=False, default=_plain)
        yield text.encode("utf-8") + b"\n"


def _plain(value: object) -> object:
    """The Python value of a NumPy scalar; other types are not known to JSON."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a document holds a value of type {type(value).__name__}")


def _without_nan(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
