"""Reports on paper: pure functions make documents from the screens' own queries, ``pdf`` sets them.

``brief`` (four pages), ``profile`` (one page a unit), ``profiles`` (many), ``progress_report`` (the UNESCO draft).
"""

from exports.reports.blocks import Document
from exports.reports.brief import brief
from exports.reports.profile import profile
from exports.reports.profiles import Cancelled, profile_name, profiles
from exports.reports.progress_report import progress_report
from exports.reports.typeset import pdf, write_pdf

__all__ = [
    "Cancelled", "Document", "brief", "pdf", "profile", "profile_name", "profiles", "progress_report", "write_pdf",
]  # fmt: skip
