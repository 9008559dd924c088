"""Consent events and clusters become permissions, each with a reason; pure functions."""
