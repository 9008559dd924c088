"""Work beside other work: two steps that do not need each other, on the cores there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import ParamSpec, Protocol, TypeVar

__all__ = ["Start", "beside"]

P = ParamSpec("P")
T = TypeVar("T")


class Start(Protocol):
    """Begins a step; what it hands back waits for the step and gives its result."""

    def __call__(self, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Begins the step."""
        ...


@contextmanager
def beside(threads: int) -> Iterator[Start]:
    """Steps that are worked on beside the caller; with one thread, when their result is asked for.

    Args:
        threads: How many there may be.
    """
    if threads <= 1:
        yield _later
        return
    with ThreadPoolExecutor(threads) as pool:

        def start(step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
            return pool.submit(step, *args, **kwargs).result

        yield start


def _later(step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
    return cache(lambda: step(*args, **kwargs))
