"""Parties become clusters: model, blocks, comparison, training, scores, clusters, relations."""
