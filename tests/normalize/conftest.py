"""Hypothesis draws the same examples every time: a failure is one of the change at hand.

``pytest -p no:cacheprovider tests/normalize --hypothesis-profile=wide`` tries many others.
"""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", derandomize=False, deadline=None, max_examples=3000)
settings.load_profile("steady")
