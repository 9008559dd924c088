"""The output folder of a run: begun as soon as the result is found, complete when the store has it.

Store and files are made of the same tables, so the files are written while the store is saved. They take
their place only afterwards; where saving fails, they are gone, and the folder is as it was.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from crmclean.config import Config, thread_count
from crmclean.result import Result

__all__ = ["Output"]

_LAST = "changes"  # known when the store has the run
_WRITTEN = ("customers", "crosswalk", "parties", "pairs", "consent")


class Output:
    """The output folder of one run.

    Used as a context manager: what was not completed is gone at its end.

    Args:
        target: The folder.
        config: Sections write and limits; language.
        force: Replace a folder that holds other files.
    """

    def __init__(self, target: Path, config: Config, *, force: bool) -> None:
        from crmclean.write import ResultFolder

        self._config = config
        self._folder = ResultFolder(target, config=config.write, lang=config.lang, force=force)
        self._pool = ThreadPoolExecutor(1)
        self._begun: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._folder.__exit__(kind, error, trace)

    def begin(self, result: Result) -> None:
        """Begins to write what hangs on nothing that the store has to say; with one thread it waits."""
        if thread_count(self._config.limits) > 1:
            self._folder.add_documents(result.document_tables)
            self._begun = self._pool.submit(self._add, result)

    def complete(self, result: Result) -> list[str]:
        """Writes the rest and puts the folder in its place; gives the names of the files.

        Raises:
            StoreError: The folder cannot be written; what was there is untouched.
        """
        if self._begun is None:
            self._folder.add_documents(result.document_tables)
            self._add(result)
        else:
            self._begun.result()
        self._folder.add_tables({_LAST: result.changes})
        return self._folder.complete()

    def _add(self, result: Result) -> None:
        from crmclean.report import render_report
        from crmclean.summary import report_facts

        tables = {name: table for name, table in result.written().items() if name != _LAST}
        html = render_report(report_facts(result), self._config.lang)
        self._folder.add_tables(tables, workbook=True, report_html=html)
        del tables
        for name in _WRITTEN:  # each goes when its file is written
            result.cache.pop(name, None)
