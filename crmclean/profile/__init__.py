"""What sources hold and how good it is: figures per column and per source, and a verdict.

Counts and record ids only: no value of a person leaves this stage unless it is asked for, so that a
profile may be mailed around.
"""

from __future__ import annotations

from crmclean.profile.columns import profile_columns
from crmclean.profile.findings import profile_ages, profile_issues
from crmclean.profile.sources import profile_overlap, profile_sources

__all__ = ["profile_ages", "profile_columns", "profile_issues", "profile_overlap", "profile_sources"]
