"""Parties become clusters: model, blocks, comparison, training, scores, clusters, relations."""

from __future__ import annotations

from crmclean.match.model import Comparison, Level, Model
from crmclean.match.parties import Matches, match_parties

__all__ = ["Comparison", "Level", "Matches", "Model", "match_parties"]
