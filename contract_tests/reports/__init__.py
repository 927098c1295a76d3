"""Reports: the same findings as a page, a comment, machine forms and a screen of text."""

from contract_tests.reports.publishing import EVERY_FORM, FORMS, ReportInput, opened, write_report, write_site

__all__ = ["EVERY_FORM", "FORMS", "ReportInput", "opened", "write_report", "write_site"]
