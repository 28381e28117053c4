"""Schools: published totals over the years, the register by level and place, few schools, standard, search."""

import streamlit as st

from charts.schools import QUALITIES, RATIOS
from queries import schools as register
from queries.schools import LEVELS, OWNERSHIPS, Filters
from ui import address, schools
from ui.context import view, warehouse_of
from ui.frames import show_empty

current = view()
words = current.words
found = warehouse_of(current)
of = register.register(found, current.statuses, current.period_end)


def one_of(name: str, key: str, codes: tuple[str, ...]) -> str:
    """A choice of a few codes whose words are ``schools.<key>_<code>``."""
    label = words(f"schools.choose_{name}")
    return address.choose(name, label, codes, lambda c: words(f"schools.{key}_{c}"), segmented=True)


st.title(words("schools.title"))
st.caption(words("schools.intro"))
schools.cards_panel(current, found)

st.header(words("schools.section_trend"))
schools.trend_panel(current, found, one_of("measure", "measure", tuple(schools.MEASURES)))

st.header(words("schools.section_ratios"))
left, right = st.columns(2, gap="large")
with left:
    schools.ratios_panel(current, found)
if of is not None:
    with right:
        names = {ratio: words(f"schools.ratio_{ratio}") for ratio in RATIOS}
        ratio = address.choose("ratio", words("schools.choose_ratio"), tuple(names), names.__getitem__)
        schools.level_ratio_panel(current, found, of, ratio)

st.header(words("schools.section_register"))
if of is None:
    show_empty(current, body=words("schools.register_empty"))
else:
    schools.register_panel(current, found, of)
    # Thirty former districts need the whole width; a dozen wards or two groups stand beside the levels.
    left, right = (st.container(), st.container()) if current.group == "district" else st.columns(2, gap="large")
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
        schools.quality_panel(current, found, of, one_of("quality", "quality", QUALITIES))
schools.happy_panel(current, found)

if of is not None:
    st.header(words("schools.section_table"))
    districts = register.districts_of(found, of)
    sought = address.search("school", words("schools.search"), placeholder=words("schools.search_placeholder"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = schools.filter_choice("level", LEVELS, lambda c: words(f"schools.level_{c}"), words)
        owner = schools.filter_choice("ownership", OWNERSHIPS, lambda c: words(f"schools.ownership_{c}"), words)
        district = schools.filter_choice("district", tuple(districts), lambda c: words.pick(*districts[c]), words)
        filters = Filters(level, owner, district, sought)
        page = address.choose(
            "rows",
            words("schools.choose_page"),
            schools.pages_of(found.build_id, found, of, filters),
            lambda p: schools.rows_label(current, p),
            width=150,
        )
    schools.table_panel(current, found, of, filters, int(page))

schools.published_panel(current, found)
