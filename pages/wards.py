"""One ward of today or one former district on one page, or the directory of all of them."""

import streamlit as st

from ui import address, reports, ward_figures, ward_models, ward_origin, ward_print, ward_reports, wards
from ui.context import view, warehouse_of
from ui.pace import pace_panel
from ui.quality import unit_flags_panel
from ui.ward_unit import HEADLINE

current = view()
words = current.words
found = warehouse_of(current)


def directory() -> None:
    """All units as links."""
    st.title(words("wards.title"))
    st.caption(words("wards.intro"))
    wards.choose(current, found)
    by = address.choose(
        "by", words("wards.by"), wards.BY, lambda code: words(f"wards.by_{code}"), segmented=True
    )
    wards.directory_panel(current, found, by)
    reports.unit_documents(current, found)


def profile(unit: str) -> None:
    """One unit, from its headline figures to its sources, and the sheet that is printed."""
    place = wards.places(found)[unit]
    st.title(wards.label_of(current, place))
    wards.choose(current, found)
    ward_origin.facts_panel(current, found, unit)
    st.header(words("wards.section_models"))
    ward_models.models_panel(current, found, unit)

    st.header(words("wards.section_closer"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = wards.choose_model(current, found, place.level)
        back = wards.choose_back(current, place.level)
    left, right = st.columns(2, gap="large")
    with left:
        ward_figures.trend_panel(current, found, unit, model, back)
    with right:
        ward_figures.peers_panel(current, found, unit, model)
        if place.level == "ward":
            ward_figures.neighbours_panel(current, found, unit, model)
    with left if place.level == "ward" else right:
        label = words.pick(model.name_vi, model.name_en)
        pace_panel(current, found, f"model.{model.model}.{HEADLINE}", label, unit_key=unit)

    st.header(words("wards.section_participation"))
    ward_figures.participation_panel(current, found, unit)
    st.header(words("wards.section_schools"))
    ward_reports.schools_panel(current, found, unit)
    st.header(words("wards.section_reports"))
    left, right = st.columns(2, gap="large")
    with left:
        ward_reports.reports_panel(current, found, unit)
    with right:
        unit_flags_panel(current, found, unit)
    st.header(words("wards.section_origin" if place.level == "ward" else "wards.section_successors"))
    ward_origin.origin_panel(current, found, unit)
    st.header(words("wards.section_published"))
    ward_origin.published_panel(current, found, unit)
    st.header(words("wards.section_sources"))
    ward_origin.sources_panel(current, found, unit)
    reports.unit_documents(current, found, unit)
    ward_print.sheet_panel(current, found, unit, model)


wards.style(current)
chosen = wards.current(found)
if chosen == wards.NOBODY:
    directory()
else:
    profile(chosen)
