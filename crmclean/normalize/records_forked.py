"""Stretches of records worked on in processes of their own.

Odd values are read in Python, one thread at a time: two threads take as long as one. A forked process
has all that is known already and shares it, unlike one that is started anew. What it makes comes back as
Arrow columns in memory files, one after the other. Linux only, and only where no other thread of Python is
at work, which might hold a lock in the moment of forking; `docs/decisions.md` says why at all.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.memory import private_memory, took_beside
from crmclean.normalize.records_arrow import series, texts

__all__ = ["can_fork", "in_processes"]

Work = Callable[[int], Sequence[pd.DataFrame]]
_NUMBER = 8
"""Bytes of a number on its way between processes."""


def can_fork() -> bool:
    """Whether work may be given to processes here and now."""
    return sys.platform == "linux" and hasattr(os, "memfd_create") and threading.active_count() == 1


@dataclass(frozen=True, slots=True)
class _Helper:
    """A process at work: its id, and the socket on which its results come."""

    pid: int
    line: socket.socket

    def result(self) -> list[pd.DataFrame] | None:
        """The tables of its next stretch; None where it failed."""
        numbers, places, _, _ = socket.recv_fds(self.line, 2 * _NUMBER, 1)
        if not places:
            return None
        with os.fdopen(places[0], "rb") as file:
            frames, private = (int(n) for n in np.frombuffer(numbers, dtype=np.int64))
            took_beside(self.pid, private)
            return [_read(file) for _ in range(frames)]

    def end(self) -> None:
        """Ends the process, whatever it is at."""
        self.line.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        took_beside(self.pid, 0)


def in_processes(work: Work, count: int, processes: int) -> Iterator[Sequence[pd.DataFrame]]:
    """What the work makes of the numbers below `count`, in their order.

    A process that fails leaves its work to this one, which then fails in the open.

    Args:
        work: Gets a number and gives tables whose columns are texts, numbers and flags.
        count: How often.
        processes: How many work at once.
    """
    gc.freeze()  # what is there stays shared: the collector of a helper does not touch it
    helpers: list[_Helper] = []
    try:
        helpers += [_begun(work, range(at, count, processes)) for at in range(processes)]
        gc.unfreeze()
        for at in range(count):
            found = helpers[at % processes].result()
            yield work(at) if found is None else found
    finally:
        gc.unfreeze()
        for helper in helpers:
            helper.end()


def _begun(work: Work, numbers: Sequence[int]) -> _Helper:
    ours, theirs = socket.socketpair()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of Arrow, which minds forking
        pid = os.fork()
    if pid == 0:
        _work(work, numbers, theirs)
    theirs.close()
    return _Helper(pid, ours)


def _work(work: Work, numbers: Sequence[int], line: socket.socket) -> None:
    """The life of a helper; it never comes back."""
    status = 1
    try:
        for number in numbers:
            frames = work(number)
            place = os.memfd_create("crmclean")
            with os.fdopen(place, "wb", closefd=False) as file:
                for frame in frames:
                    _write(frame, file)
                count = len(frames)
            del frames
            os.lseek(place, 0, os.SEEK_SET)
            told = np.array([count, private_memory()], dtype=np.int64).tobytes()
            socket.send_fds(line, [told], [place])
            os.close(place)
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's is flushed, closed or cleaned up twice


def _write(frame: pd.DataFrame, file: BinaryIO) -> None:
    """Each column by itself, so that the reader lets go of one at a time."""
    file.write(np.array([len(frame), frame.shape[1]], dtype=np.int64).tobytes())
    for name in frame.columns:
        column = frame[name]
        if column.dtype == "str":
            cells = texts(column)
            if cells.null_count == len(cells):
                cells = pa.nulls(len(cells))
        else:
            cells = pa.array(column.to_numpy())
        batch = pa.record_batch([cells], names=[str(name)])
        with pa.ipc.new_stream(file, batch.schema) as stream:
            stream.write_batch(batch)


def _read(file: BinaryIO) -> pd.DataFrame:
    rows, width = (int(n) for n in np.frombuffer(file.read(2 * _NUMBER), dtype=np.int64))
    data: dict[str, pd.Series] = {}
    for _ in range(width):
        (batch,) = pa.ipc.open_stream(file)
        cells = batch.column(0)
        if pa.types.is_null(cells.type):
            cells = cells.cast(pa.large_string())
        is_text = pa.types.is_large_string(cells.type)
        data[batch.schema.names[0]] = (
            series(cells) if is_text else pd.Series(cells.to_numpy(zero_copy_only=False))
        )
    return pd.DataFrame(data, index=range(rows), copy=False)
