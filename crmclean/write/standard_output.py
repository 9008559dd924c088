"""Results on standard output: the same bytes as in a file, on every system.

Text streams translate line ends on Windows and encode by the locale; bytes go past both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["is_standard_output", "write_stdout"]


def is_standard_output(target: Path | str) -> bool:
    """Whether the target is ``-``."""
    return str(target) == "-"


def write_stdout(content: str | Iterable[bytes]) -> None:
    """Writes UTF-8 to standard output, line ends as they are.

    Where standard output was replaced by a stream of text alone (a notebook, a test), the text
    goes there.
    """
    chunks = [content.encode("utf-8")] if isinstance(content, str) else content
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.writelines(chunk.decode("utf-8") for chunk in chunks)
    else:
        sys.stdout.flush()
        stream.writelines(chunks)
    sys.stdout.flush()
