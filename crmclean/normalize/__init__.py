"""Records become parties, contacts, addresses and issues; value functions, one per kind."""
