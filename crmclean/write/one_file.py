"""A single file, replaced when it is complete: nobody ever sees half of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from crmclean.errors import StoreError
from crmclean.write.sentences import why_not

__all__ = ["write_file"]


def write_file(target: Path | str, writer: Callable[[Path], None]) -> None:
    """Writes one file whole or not at all: beside its place first, then renamed into it.

    Args:
        target: File to write, replaced if it exists.
        writer: Function that writes the file to the path it is given.

    Raises:
        StoreError: The target is a folder, is held open by another program, cannot be written, or
            there is no space. What was there is untouched.
    """
    place = Path(target)
    if place.is_dir():
        raise StoreError.of("errors.write.is_folder", name=str(place))
    fresh = place.with_name(f".{place.name}.new-{os.getpid()}")
    try:
        writer(fresh)
        fresh.replace(place)
    except OSError as error:
        raise why_not(error, place) from error
    finally:
        with suppress(OSError):  # it is gone, or its folder does not exist
            fresh.unlink(missing_ok=True)
