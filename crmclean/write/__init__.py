"""Results to files: csv, jsonl, xlsx."""
