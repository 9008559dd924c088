"""One customer all round, and who is this: one record or number against the store."""
