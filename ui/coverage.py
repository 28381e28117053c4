"""Who was expected to report, who did and how late: the panel, and one line for other pages."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from charts import coverage as charts
from charts.base import Look
from i18n import decimal, percent, period_name, short_date
from queries import coverage, figures
from queries.catalogue import CITY
from queries.coverage import Coverage
from queries.rules import threshold
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_chart, show_empty, show_table
from ui.provenance import status_words

REPORTS = ("learning_models", "participation")


def _counts(found: Coverage, view: View) -> dict[str, str]:
    """The places that the wordings of a coverage use."""
    return {
        "reported": decimal(found.reported, view.lang),
        "expected": decimal(found.expected, view.lang),
        "level": view.words(f"common.level_{found.level}"),
        "share": percent(found.population_share, view.lang),
    }


def _not_in_time(found: Coverage, view: View) -> list[str]:
    """The late, the undated and the missing, each as a part of a sentence."""
    words = view.words
    parts = []
    if found.late:
        parts.append(words("coverage.late", n=decimal(found.late, view.lang)))
    if found.undated:
        parts.append(words("coverage.undated", n=decimal(found.undated, view.lang)))
    n, due = decimal(found.missing, view.lang), short_date(found.due, view.lang)
    if found.missing and found.overdue:
        parts.append(words("coverage.missing", n=n, days=decimal(found.overdue, view.lang)))
    elif found.missing:
        parts.append(words("coverage.missing_in_time", n=n, due=due))
    else:
        parts.append(words("coverage.missing_none"))
    return parts


def coverage_line(view: View, found: Warehouse, report: str = "learning_models", area: str = CITY) -> str:
    """The coverage of the chosen period as one line of Markdown with its status; empty where nobody has reported.

    It asks the warehouse: call it from within a panel.
    ``area``: the city, a former district by its key, ``phuong`` or ``xa``.
    """
    covered = _covered(view, found, report, area)
    if covered is None:
        return ""
    name = view.words(f"common.table_{report}")
    line = view.words("coverage.line", report=name[0].upper() + name[1:], **_counts(covered, view))
    return f":material/fact_check: {'; '.join([line, *_not_in_time(covered, view)])} {status_words(covered.status, view)}"


def _covered(view: View, found: Warehouse, report: str, area: str) -> Coverage | None:
    if view.period_end is None:
        return None
    return coverage.coverage(found, report, view.period_end, view.statuses, area)


@panel
def coverage_panel(view: View, _found: Warehouse, report: str = "learning_models") -> None:
    """Who reported for the chosen period in one sentence, who is late or missing, and how it was before.

    The other kind of report has one line.
    """
    words, lang = view.words, view.lang
    covered = _covered(view, _found, report, CITY)
    if covered is None:
        show_empty(view)
        return
    sentence = words(
        "coverage.headline",
        report=words(f"common.table_{report}"),
        period=view.period,
        **_counts(covered, view),
    )
    allowed = decimal(threshold(_found, "report_due_days"), lang)
    notes = [words("coverage.due", due=short_date(covered.due, lang), allowed=allowed)]
    if covered.missing and covered.overdue:
        notes.append(words("coverage.counted_to", day=short_date(covered.as_of, lang)))
    if covered.median_days is not None:
        notes.append(words("coverage.median", days=decimal(covered.median_days, lang)))
    other = next(kind for kind in REPORTS if kind != report)
    said = [
        f"{'; '.join([sentence, *_not_in_time(covered, view)])}. {status_words(covered.status, view)}",
        f":small[{' '.join(notes)}]",
        coverage_line(view, _found, other),
    ]
    st.markdown("\n\n".join(said))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _units(view, _found, covered)
    with right:
        _history(view, _found, covered)


def _period_names(view: View, found: Warehouse) -> dict[dt.date, str]:
    """The name of each reporting period by its last day."""
    return {p.end: period_name(p.start, p.end, view.lang) for p in figures.periods(found)}


def _units(view: View, found: Warehouse, covered: Coverage) -> None:
    """The missing and the late, the most populous first in each."""
    words = view.words
    st.markdown(f"### {words('coverage.list_title')}")
    units = coverage.late_and_missing(found, covered.report, covered.period_end, view.statuses)
    if units.empty:
        st.markdown(words("coverage.list_none_undated" if covered.undated else "coverage.list_none"))
        return
    names = _period_names(view, found)
    vi = view.lang == "vi"
    table = pd.DataFrame(
        {
            words("common.unit"): units["name_vi" if vi else "name_en"],
            words("coverage.state_column"): [words(f"coverage.kind_{state}") for state in units["state"]],
            words("coverage.overdue_column"): units["overdue"],
            words("coverage.population_column"): units["population"],
            words("coverage.last_column"): [
                words("coverage.never") if pd.isna(day) else names.get(day.date(), short_date(day.date(), view.lang))
                for day in units["last_reported"]
            ],
            words("coverage.missed_column"): units["periods_missed"],
        }
    )  # fmt: skip
    if covered.level == "ward":
        table[words("common.former_district")] = units["district_vi" if vi else "district_en"]
    show_table(table, words("coverage.list_title"), view)


def _history(view: View, found: Warehouse, covered: Coverage) -> None:
    """Period by period, of the status of the chosen one: in time, late, missing, and the share of the people."""
    labels = charts.HistoryLabels(
        view.words(f"common.table_{covered.report}"), covered.period_end, _period_names(view, found)
    )
    periods = coverage.history(found, covered.report, (covered.status,))
    chart = charts.reporting(periods, labels, Look(view.words, view.palette))
    show_chart(chart, view, key=f"coverage_{covered.report}")
