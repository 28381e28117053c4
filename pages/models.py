"""One learning model: where the city stands, how it went, across July 2025, who, what is published, what it is."""

import streamlit as st

from queries import catalogue
from ui import address, models, models_published, models_timeline, models_units, pace
from ui.context import view, warehouse_of
from ui.frames import show_empty

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("models.title"))
listed = {m.model: m for m in catalogue.learning_models(found)}
if not listed:
    show_empty(current)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    code = address.choose(
        "model",
        words("models.choose_model"),
        tuple(listed),
        lambda m: words.pick(listed[m].name_vi, listed[m].name_en),
        default="family",
        width=420,
    )
    basis = address.choose(
        "basis",
        words("models.choose_basis"),
        catalogue.BASES,
        lambda b: words(f"common.basis_short_{b}"),
        width=260,
    )
model = listed[code]
name = words.pick(model.name_vi, model.name_en)
indicator_id = f"model.{code}.{basis}"

models.ended_panel(current, found, model)
left, right = st.columns([1, 3], gap="large")
with left:
    models.headline_panel(current, found, model, basis)
    models_published.apart_panel(current, found, model)
with right:
    models.trend_panel(current, found, model, basis)
    models.funnel_panel(current, found, model)

if current.period_end is None:
    show_empty(current)
elif models_units.shows_units(current, model):
    if model.ended_on is None:
        pace.pace_panel(current, found, indicator_id, name)
    if models_timeline.crosses(current, found):
        st.header(words("models.section_across"))
        models_timeline.across_panel(current, found, model, basis)

    st.header(words("models.section_units"))
    models_units.coverage_panel(current, found)
    choice = models_units.choose(current, found)
    models_units.spread_panel(current, found, model, basis, choice.boundaries)
    if current.group == "city":
        models_units.ranking_panel(current, found, model, basis, choice)
    if not choice.boundaries.moved and model.ended_on is None:
        pace.wards_pace_panel(current, found, indicator_id, name)

st.header(words("models.published_title", model=name))
models_published.published_panel(current, found, model, basis, models_published.ask_heard(current))
st.header(words("models.section_about"))
models.about_panel(current, found, model)
