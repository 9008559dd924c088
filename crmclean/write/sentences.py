"""Why a target could not be written: one sentence per cause, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from crmclean.errors import StoreError

__all__ = ["ELSEWHERE", "why_not"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FIXED = {errno.EBUSY, errno.EXDEV}
ELSEWHERE = "choose another folder with --output, or change its permissions"


def why_not(error: OSError, place: Path) -> StoreError:
    """The error with its sentence; names nothing but the target."""
    kept = "nothing was changed"
    if error.errno in _FULL:
        return StoreError(f"no space left to write {place.name}; {kept}", hint="free some space and repeat")
    if error.errno in _FIXED:
        return StoreError(
            f"{place.name} cannot be replaced, it is a device or a mounted folder; {kept}",
            hint=f"name a folder inside it, such as {place.name}/out",
        )
    if isinstance(error, PermissionError) and os.name == "nt":
        return StoreError(
            f"{place.name} is held open by another program, or may not be written; {kept}",
            hint="close it in Excel (for a folder: its files, and the folder in Explorer), then repeat",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StoreError(f"no permission to write {place.name}; {kept}", hint=ELSEWHERE)
    return StoreError(f"{place.name} cannot be written: {error.strerror or 'unknown reason'}; {kept}")
