"""Memory of this process: what is in use, the most since a mark, and a limit in words.

Linux tells both in /proc; elsewhere the system tells the most since the start, which is an upper
bound, or nothing (then 0, and no limit is ever exceeded).
"""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crmclean.config import LimitsConfig
from crmclean.errors import ConfigError

__all__ = [
    "Watched",
    "byte_count",
    "check_memory",
    "give_back",
    "keep_pages",
    "mark_peak",
    "peak_memory",
    "private_memory",
    "room_for_helpers",
    "room_left",
    "took_beside",
    "used_memory",
    "without_collector",
]

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)
_HELPER = 384 << 20
"""Bytes that a forked process has to itself at most (measured: 150 to 250 MiB)."""
_ARENAS = -8  # M_ARENA_MAX of glibc
_STATUS = Path("/proc/self/status")
_beside: dict[int, int] = {}  # the most that helpers at work have had to themselves, by process
_together = [0]  # the most that this process and its helpers had at once, since the mark


def byte_count(text: str) -> int:
    """Bytes of a size in words; 0 for an empty text.

    Raises:
        ConfigError: The text is no size.

    Example:
        >>> byte_count("2GB"), byte_count("512 MiB")
        (2147483648, 536870912)
    """
    if not text.strip():
        return 0
    found = _SIZE.fullmatch(text)
    if found is None or float(found[1]) <= 0:
        raise ConfigError.of("errors.config.memory", value=repr(text))
    return int(float(found[1]) * _UNITS[found[2].upper()])


def keep_pages() -> None:
    """Takes memory for tables from the system's own allocator, which keeps what was used and gives it out anew.

    The other ones give it back at once: over the tables of a run the system then spends twice the time on
    handing out and clearing pages. For programs; a library does not choose for its caller.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        options = getattr(ctypes.CDLL(None), "mallopt", None)
        if options is not None:
            options(_ARENAS, 1)  # one for all threads: what one of them leaves, another takes


def give_back() -> None:
    """What the allocators hold and nobody uses goes back to the system, where it can be told so.

    A stage leaves holes as large as the tables of the next.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl does not
        if trim is not None:
            trim(0)


def used_memory() -> int:
    """Bytes in use now."""
    return _status("VmRSS") or _most()


def peak_memory() -> int:
    """The most bytes in use since `mark_peak`, or since the start where the system keeps no marks.

    What helpers had to themselves is counted with what this process had meanwhile.
    """
    return max(_status("VmHWM") or _most(), _together[0])


def private_memory() -> int:
    """Bytes that this process shares with no other; 0 where the system does not tell."""
    place = Path("/proc/self/smaps_rollup")
    try:
        told = place.read_text(encoding="ascii")
    except OSError:
        return 0
    return 1024 * sum(int(n) for n in re.findall(r"^Private_\w+:\s+(\d+) kB", told, re.MULTILINE))


def took_beside(process: int, size: int) -> None:
    """Counts what a helper of this process has to itself; 0: it has ended."""
    if not size:
        _beside.pop(process, None)
        return
    _beside[process] = max(size, _beside.get(process, 0))
    _together[0] = max(_together[0], used_memory() + sum(_beside.values()))


def mark_peak() -> None:
    """Begins to measure the peak anew, where the system can."""
    _together[0] = 0
    if _STATUS.exists():
        try:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        except OSError:
            return  # not allowed here: the peak is that since the start


def _status(name: str) -> int:
    if not _STATUS.exists():
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _most() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage if sys.platform == "darwin" else usage * 1024


def room_left(limits: LimitsConfig) -> int | None:
    """Bytes that the limit leaves; None without a limit."""
    limit = byte_count(limits.memory)
    return limit - used_memory() if limit else None


def room_for_helpers(limits: LimitsConfig, number: int) -> bool:
    """Whether the limit leaves room for so many forked processes."""
    room = room_left(limits)
    return room is None or room >= number * _HELPER


def check_memory(limits: LimitsConfig, where: str, *, needed: int = 0) -> None:
    """Ends the run where it needs more memory than it may have.

    Args:
        limits: The limit.
        where: The stage that is done.
        needed: Bytes that the next stage takes at least.

    Raises:
        ConfigError: More is in use than the limit allows.
    """
    limit = byte_count(limits.memory)
    used = used_memory() + needed if limit else 0
    if used > limit:
        needs, least = f"{used / (1 << 20):,.0f}", f"{1.3 * used / (1 << 30):.1f}"
        raise ConfigError.of("errors.memory", limit=limits.memory, used=needs, stage=where, least=least)


@contextmanager
def without_collector() -> Iterator[None]:
    """No cyclic garbage collection meanwhile; for work that makes many small results and no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Watched:
    """A run's progress, which also minds the memory limit between the stages.

    Args:
        progress: Told the name of each stage as it begins; its method `advance`, if it has one, is told
            how far the stage is.
        limits: The limit.
    """

    def __init__(self, progress: Callable[[str], None], limits: LimitsConfig) -> None:
        self.progress, self.limits, self.stage = progress, limits, "start"
        advance = getattr(progress, "advance", None)
        self.advance: Callable[[int, int], None] = advance if callable(advance) else _nothing

    def __call__(self, stage: str) -> None:
        """Ends the stage before and begins this one."""
        give_back()
        check_memory(self.limits, self.stage)
        self.stage = stage
        self.progress(stage)


def _nothing(_done: int, _total: int) -> None:
    """Told how far a stage is, and tells nobody."""
