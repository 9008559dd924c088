"""Documents for people: a self-contained HTML report in German or English."""

from crmclean.report.document import render_report
from crmclean.report.facts import ReportFacts

__all__ = ["ReportFacts", "render_report"]
