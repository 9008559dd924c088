"""Strings without meaning: folding, phonetics, similarity."""
