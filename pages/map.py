"""The map: any indicator by ward or former district, over time, side by side, as change or as columns."""

import streamlit as st

from i18n import period_code
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
shown = scene(current, found, subject, manner.mode, manner.against, manner.method, manner.steps)
against = period_code(manner.against.start, manner.against.end) if manner.against else ""

map_panels.title_panel(current, found, subject, manner, shown)
left, right = st.columns([7, 3], gap="medium")
with right:
    filtered = map_panels.choose_classes(current, shown, manner.mode == "time")
    picked = map_panels.choose_units(current, found, shown.first)
    map_panels.beside_panel(current, found, subject, shown, picked, manner.mode, against)
with left:
    above = st.container()
    sight = choose_sight(current, found)
    with above:
        map_screen.maps(current, found, subject, manner, sight, shown, picked, filtered)
        if "schools" in manner.extra:
            map_panels.schools_legend(current, found)
    map_panels.credits_panel(current, found, manner.kind, "basemap" in manner.extra)
    map_export.downloads(current, found, subject, manner, sight, shown, picked, filtered)

map_panels.others_panel(current, found, subject, shown.first, picked)
map_panels.table(current, found, subject, shown, picked, filtered)
map_panels.missing_panel(current, found, subject, shown, manner.mode, against)
