"""The panel that sets former districts against today's wards, across 1 July 2025."""

from __future__ import annotations

import streamlit as st

from charts import timeline as charts
from queries import coverage, figures, timeline
from queries.catalogue import LearningModel
from queries.figures import Figure
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.models import OF_THE_AREA, labels_of, look_of


def crosses(view: View, found: Warehouse) -> bool:
    """Whether the chosen period lies after July 2025, so that a look back crosses that day."""
    return view.period_end is not None and view.period_end >= figures.reform_day(found)


@panel
def across_panel(view: View, _found: Warehouse, model: LearningModel, basis: str) -> None:
    """The 30 former districts and the city, as reported last and as sums of today's wards."""
    words = view.words
    assert view.period_end is not None
    if model.model in OF_THE_AREA:
        st.caption(words("models.across_refused", model=words.pick(model.name_vi, model.name_en)))
        return
    indicator_id = f"model.{model.model}.{basis}"
    districts = timeline.across_reform(_found, indicator_id, view.period_end, view.statuses)
    if districts.empty:
        show_empty(view, body=words("models.across_none", period=view.period))
        return
    status = str(districts["origin_status"].iloc[0])
    districts = districts[districts["origin_status"] == status]
    before_end = districts["before_end"].iloc[0].date()
    sums: dict[object, Figure] = {
        f.period_end: f
        for f in figures.city_series(_found, indicator_id, (status,))
        if f.units_reporting is not None and f.period_end in (before_end, view.period_end)
    }
    city = (sums[before_end], sums[view.period_end]) if len(sums) == 2 else None
    labels = labels_of(view, model, basis, status, "ward")
    both = coverage.present_in_both(_found, indicator_id, before_end, view.period_end, (status,))
    chart = charts.across(districts, city, both, labels, look_of(view))
    show_chart(chart, view, key="models_across")
