"""Reference lists, each with source, licence, date and count."""
