"""The map: any indicator by ward or former district, over time, side by side, as change or as columns."""

import streamlit as st

from ui import map_export, map_panels, map_screen
from ui.context import view, warehouse_of
from ui.frames import show_empty
from ui.map_choices import choose_manner, choose_sight, choose_subject
from ui.map_scene import scene

current = view()
words = current.words
found = warehouse_of(current)

st.title(words("map.title"))
with st.container(horizontal=True, vertical_alignment="bottom"):
    subject = choose_subject(current, found)
if subject is None:
    show_empty(current)
    st.stop()
manner = choose_manner(current, found, subject)
key = f"{subject.key} {manner.key}"
shown = scene(current, found, subject, manner, key)

map_panels.title_panel(current, found, subject, manner, shown, f"{key} {manner.kind}")
left, right = st.columns([7, 3], gap="medium")
with right:
    filtered = map_panels.choose_classes(current, shown, manner.mode == "time", key)
    picked = map_panels.choose_units(current, found, shown.first)
    if len(picked) < 2:  # more columns need the whole width
        map_panels.beside_panel(current, found, subject, shown, picked, key)
with left:
    above = st.container()
    sight = choose_sight(current, found)
    with above:
        map_screen.maps(current, found, subject, manner, sight, shown, picked, filtered)
        if "schools" in manner.extra:
            map_panels.schools_legend(current, found)
    map_panels.missing_panel(current, found, shown, manner.mode, key)
    map_panels.credits_panel(current, found, manner.kind, "basemap" in manner.extra)
    map_export.downloads(current, found, subject, manner, sight, shown, picked, filtered)

if len(picked) > 1:
    map_panels.beside_panel(current, found, subject, shown, picked, key)
map_panels.others_panel(current, found, subject, shown.first, picked, key)
map_panels.table(current, found, subject, shown, picked, filtered)
