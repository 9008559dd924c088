"""Sources are named by their files, without dates, counters and marks of copies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmclean.config import SourceConfig
from crmclean.read.names import clean_stem, source_names
from crmclean.read.raw import RawTable


def table(file: str, folder: str = "in", columns: str = "a b", named: str = "", sheet: str = "") -> RawTable:
    """An empty table of a file."""
    frame = pd.DataFrame({c: pd.Series(dtype="str") for c in columns.split()})
    return RawTable(
        frame, np.array([], dtype=np.int64), file, folder, file.rsplit(".", 1)[0], "csv", sheet, named=named
    )


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("erp", "erp"),
        ("messe_leads", "messe_leads"),
        ("erp_2024-05-01", "erp"),
        ("erp-20240501", "erp"),
        ("01.05.2024 erp", "erp"),
        ("kunden 2024", "kunden"),
        ("kunden_Q1-2024", "kunden"),
        ("kunden (1)", "kunden"),
        ("kunden - Kopie", "kunden"),
        ("kunden - Kopie (2)", "kunden"),
        ("Kopie von kunden", "kunden"),
        ("kunden copy", "kunden"),
        ("Kunden_3", "Kunden"),
        ("erp_2024-05-01T101500", "erp"),
        ("febrl1", "febrl1"),
        ("scale_100k", "scale_100k"),
        ("2024-05-01", "2024-05-01"),
        ("Alle Kunden", "Alle_Kunden"),
        ("a:b", "a_b"),
    ],
)
def test_stems(stem, name):
    """Versions of a file have the name of the file."""
    assert clean_stem(stem) == name


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_equal_stems_in_two_folders(order):
    """The folder tells them apart, in whatever order they come."""
    tables = [table("kunden.csv", "north"), table("kunden.csv", "south")]
    names = source_names([tables[i] for i in order], {})
    assert [names[order.index(i)] for i in (0, 1)] == ["north_kunden", "south_kunden"]


def test_parts_of_one_source():
    """Versions in one folder with the same columns are one source; other columns are another one."""
    assert source_names([table("erp_2023.csv"), table("erp_2024.csv")], {}) == ["erp", "erp"]
    names = source_names([table("erp_2023.csv"), table("erp_2024.csv", columns="x y")], {})
    assert len(set(names)) == 2


def test_caller_and_configuration_win():
    """A given name is taken as it is; patterns of the configuration come next."""
    assert source_names([table("x.csv", named="erp")], {}) == ["erp"]
    assert source_names([table("export_7.csv")], {"shop": SourceConfig(files=("export_*.csv",))}) == ["shop"]


def test_sheets():
    """Several sheets of a workbook are sources of their own."""
    names = source_names([table("k.xlsx", sheet="Nord"), table("k.xlsx", sheet="Süd")], {})
    assert names == ["k_Nord", "k_Süd"]


def test_same_name_other_format():
    """A file and its namesake of another kind are two sources."""
    names = source_names([table("kunden.csv"), table("kunden.vcf", columns="UID FN")], {})
    assert len(set(names)) == 2
    assert source_names([table("kunden.vcf", columns="UID FN"), table("kunden.csv")], {}) == names[::-1]
