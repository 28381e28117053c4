"""One learning model at a time: level, trend, distribution, ranking, groups, funnel, what is published."""

import streamlit as st

from queries import catalogue
from ui import address, models
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

models.ended_panel(current, found, model)
left, right = st.columns([1, 3], gap="large")
with left:
    models.headline_panel(current, found, model, basis)
with right:
    models.trend_panel(current, found, model, basis)

if current.period_end is None:
    show_empty(current)
else:
    left, right = st.columns(2, gap="large")
    with left:
        models.distribution_panel(current, found, model, basis)
    with right:
        models.funnel_panel(current, found, model)
    if current.group != "city":
        models.groups_panel(current, found, model, basis)
    else:
        models.groups_panel(current, found, model, basis, kind="type")
        sought = address.search(
            "find", words("models.search"), placeholder=words("models.search_placeholder")
        )
        models.ranking_panel(current, found, model, basis, sought)

models.published_panel(current, found, model)
models.about_panel(current, found, model, basis)
