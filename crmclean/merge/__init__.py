"""Clusters become customers: identity that stays, survivorship, rows that follow their customer."""
