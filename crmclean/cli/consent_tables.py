"""Tables of the consent commands as files: csv in the configured dialect, or a workbook."""

from __future__ import annotations

import pandas as pd

from crmclean.config import Config
from crmclean.messages import say

__all__ = ["write_table"]


def write_table(frame: pd.DataFrame, target: str, config: Config) -> None:
    """Writes a table: a workbook where the name ends in .xlsx, else csv; ``-`` is standard output."""
    from crmclean.write import write_csv
    from crmclean.write.one_file import write_file
    from crmclean.write.xlsx import Sheet, write_workbook

    if target == "-":
        write_csv(frame, target, config.write.csv_format)
    elif target.lower().endswith(".xlsx"):
        sheet = Sheet("consent", frame, say("cli.consent.sheet", config.lang))
        write_file(target, lambda place: write_workbook(place, [sheet], config.lang))
    else:
        write_file(target, lambda place: write_csv(frame, place, config.write.csv_format))
