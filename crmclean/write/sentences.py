"""Why a target could not be written: one sentence per cause, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from crmclean.errors import StoreError

__all__ = ["why_not"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FIXED = {errno.EBUSY, errno.EXDEV}


def why_not(error: OSError, place: Path) -> StoreError:
    """The error with its sentence; names nothing but the target."""
    if error.errno in _FULL:
        return StoreError.of("errors.write.full", name=place.name)
    if error.errno in _FIXED:
        return StoreError.of("errors.write.fixed", name=place.name)
    if isinstance(error, PermissionError) and os.name == "nt":
        return StoreError.of("errors.write.held", name=place.name)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StoreError.of("errors.write.denied", name=place.name)
    return StoreError.of("errors.write.failed", name=place.name, reason=error.strerror or "?")
