"""Schools: published totals over the years, the register by level and place, few schools, standard, search."""

import streamlit as st

from charts.schools import QUALITIES
from queries import schools as register
from ui import schools
from ui.context import view, warehouse_of
from ui.frames import show_empty

current = view()
words = current.words
found = warehouse_of(current)
of = register.register(found, current.statuses, current.period_end)

st.title(words("schools.title"))
st.caption(words("schools.intro"))
schools.cards_panel(current, found)

st.header(words("schools.section_trend"))
schools.trend_panel(current, found, schools.one_of(current, "measure", tuple(schools.MEASURES)))

st.header(words("schools.section_ratios"))
left, right = st.columns(2, gap="large")
with left:
    schools.ratios_panel(current, found)
if of is not None:
    with right:
        schools.level_ratio_panel(current, found, of, schools.choose_ratio(current))

st.header(words("schools.section_register"))
if of is None:
    show_empty(current, body=words("schools.register_empty"))
else:
    schools.register_panel(current, found, of)
    # Thirty former districts need the whole width; a dozen wards or two groups stand beside the levels.
    left, right = (
        (st.container(), st.container()) if current.group == "district" else st.columns(2, gap="large")
    )
    with left:
        schools.levels_panel(current, found, of)
    with right:
        schools.places_panel(current, found, of)
    st.header(words("schools.section_supply"))
    schools.supply_panel(current, found, of)

st.header(words("schools.section_quality"))
left, right = st.columns(2, gap="large")
with left:
    schools.standard_panel(current, found, of)
if of is not None:
    with right:
        schools.quality_panel(current, found, of, schools.one_of(current, "quality", QUALITIES))
schools.happy_panel(current, found)

if of is not None:
    st.header(words("schools.section_table"))
    filters, page = schools.choose_rows(current, found, of)
    schools.table_panel(current, found, of, filters, page)

schools.published_panel(current, found)
