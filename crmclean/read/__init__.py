"""Files, frames and databases become records: dialect, encoding, formats, column mapping.

`load_tables` reads bytes into cells, `read_records` goes on to say what each column and file is.
"""

from __future__ import annotations

from collections.abc import Sequence

from crmclean.config import ReadConfig
from crmclean.read.load import load_tables
from crmclean.read.raw import Input, RawTable
from crmclean.read.records import ReadResult, recognise_tables
from crmclean.read.settings import toml_settings
from crmclean.read.sources_known import KnownSource

__all__ = [
    "Input",
    "KnownSource",
    "RawTable",
    "ReadResult",
    "load_tables",
    "read_records",
    "recognise_tables",
    "toml_settings",
]

_DEFAULT = ReadConfig()


def read_records(
    inputs: Sequence[Input], config: ReadConfig = _DEFAULT, *, known: Sequence[KnownSource] = ()
) -> ReadResult:
    """The inputs as records and raw events under canonical names; nothing is normalised.

    Args:
        inputs: Paths, patterns, "-" for standard input, database URLs with ``#QUERY``, frames, or
            pairs of source name and one of these; see `load_tables`.
        config: What a steward said about sources, private columns and notes.
        known: Sources of earlier runs, whatever their files are called now; see `sources_known`.

    Raises:
        ReadError: A file cannot be read, or a named id column is not there.
        ConfigError: The configuration names a field or role that does not exist.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"Kd-Nr": ["7", "8"], "Vorname": ["Ida", "Ole"], "Ort": ["Ulm", "Bern"]})
        >>> read_records([("erp", frame)]).records[["record_id", "given_name", "city"]].to_dict("list")
        {'record_id': ['7', '8'], 'given_name': ['Ida', 'Ole'], 'city': ['Ulm', 'Bern']}
    """
    return recognise_tables(load_tables(inputs, config), config, known)
