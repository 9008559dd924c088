"""Files, frames and databases become records: dialect, encoding, formats, column mapping."""
