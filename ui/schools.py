"""The panels of the page on schools. Each asks, charts and lays out one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from charts import schools as charts
from charts.base import Look
from charts.schools import RATIOS, limited
from i18n import decimal, percent, short_date
from queries import catalogue, figures, schools
from queries.figures import CITY_COVERAGE, Figure
from queries.schools import LEVELS, OWNERSHIPS, Filters, Register
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.cards import figure_card, show_cards
from ui.context import View
from ui.frames import show_chart, show_empty
from ui.provenance import status_mark

PAGE_ROWS = 100
STANDARD = "school.national_standard.public"
CARDS = {
    "school.count": "count",
    "school.count.public": "public",
    "school.pupils": "pupils",
    "school.teachers": "teachers",
    STANDARD: "standard",
    "school.happy.count": "happy",
}
HAPPY_CARDS = {
    "school.happy.plan": "happy_plan",
    "participation.happy_school.applied": "happy_applied",
}
MEASURES = {
    "count": "school.count",
    "pupils": "school.pupils",
    "classes": "school.classes",
    "teachers": "school.teachers",
}


def _look(view: View) -> Look:
    return Look(view.words, view.palette)


def _basis(view: View, of: Register, key: str = "") -> str:
    """What a figure from the register stands on: its day, status and coverage."""
    key = key or ("basis_short" if of.units >= of.units_expected else "basis_partial")
    return view.words(
        f"schools.{key}",
        day=short_date(of.as_of, view.lang),
        mark=view.words(f"common.mark_{of.status}").lower(),
        schools=decimal(of.schools, view.lang),
        units=decimal(of.units, view.lang),
        expected=decimal(of.units_expected, view.lang),
    )


def _city_series(view: View, found: Warehouse, indicator_id: str) -> list[Figure]:
    """Figures of the whole city, real ones alone where there are any; sums of reports from half of the people on."""
    series = [
        f
        for f in figures.city_series(found, indicator_id, view.statuses)
        if f.value is not None and (f.population_share is None or f.population_share >= CITY_COVERAGE)
    ]
    return [f for f in series if f.status != "illustrative"] or series


@panel
def cards_panel(view: View, _found: Warehouse) -> None:
    """The headline cards: schools, public ones, pupils, teachers, national standard, happy schools."""
    _show_cards(view, _found, CARDS)


def _show_cards(view: View, found: Warehouse, of: Mapping[str, str]) -> None:
    show_cards(
        [figure_card(view, found, i, view.words(f"schools.card_{key}")) for i, key in of.items()], "c-wide"
    )


@panel
def trend_panel(view: View, _found: Warehouse, measure: str) -> None:
    """Published totals over school years."""
    series = _city_series(view, _found, MEASURES[measure])
    if not series:
        show_empty(view, body=view.words("schools.trend_empty"))
        return
    chart = charts.totals_trend(series, schools.school_years(_found), measure, _look(view))
    show_chart(chart, view, key="schools_trend")


@panel
def ratios_panel(view: View, _found: Warehouse) -> None:
    """Pupils, classes and teachers per school from the published totals of each comparable school year."""
    words = view.words
    st.markdown("### " + words("schools.ratios_title"))
    rows = schools.published_ratios(_found) if "published" in view.statuses else pd.DataFrame()
    if rows.empty:
        show_empty(view, body=words("schools.trend_empty"))
        return
    st.caption(words("schools.ratios_subtitle"))
    years = {year: rows[rows["school_year"] == year].iloc[0] for year in rows["school_year"]}
    table = pd.DataFrame(
        {
            words("schools.ratios_year"): [words(f"schools.ratio_{ratio}") for ratio in RATIOS],
            **{
                year.replace("-", "–"): [_ratio(row, ratio, view) for ratio in RATIOS]
                for year, row in years.items()
            },
        }
    )
    st.table(table.set_index(words("schools.ratios_year")), border="horizontal")


def _ratio(row: pd.Series, ratio: str, view: View) -> str:
    """A quotient of two published totals, with ≈ where a source limits one of them."""
    above, _, below = ratio.partition("_per_")
    plural = {"school": "schools", "class": "classes", "teacher": "teachers"}[below]
    if pd.isna(row[above]) or pd.isna(row[plural]) or not row[plural]:
        return "–"
    rounded = any(pd.notna(row[f"{name}_qualifier"]) for name in (above, plural))
    value = row[above] / row[plural]
    return ("≈ " if rounded else "") + decimal(value, view.lang, 0 if value >= 100 else 1)


@panel
def register_panel(view: View, _found: Warehouse, of: Register) -> None:
    """What the register is: its status, day and coverage."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status_mark(of.status, view)
        st.caption(_basis(view, of, "basis"), width="content")
    if of.others:
        st.caption(view.words("schools.others", n=decimal(of.others, view.lang)))


@panel
def levels_panel(view: View, _found: Warehouse, of: Register) -> None:
    """Schools by level and ownership."""
    frame = schools.by_level(_found, of)
    if not of.schools:
        show_empty(view, body=view.words("schools.register_empty"))
        return
    show_chart(charts.levels(frame, _basis(view, of), _look(view)), view, key="schools_levels")


@panel
def level_ratio_panel(view: View, _found: Warehouse, of: Register, ratio: str) -> None:
    """One average by level."""
    chart = charts.level_ratio(
        schools.by_level(_found, of), ratio, of.units >= of.units_expected, _basis(view, of), _look(view)
    )
    if chart is None:
        show_empty(view, body=view.words("schools.ratio_missing"))
        return
    show_chart(chart, view, key="schools_ratio")


@panel
def places_panel(view: View, _found: Warehouse, of: Register) -> None:
    """Schools by place, as the shared grouping asks."""
    areas = schools.by_place(_found, of, view.group)
    if areas.empty:
        show_empty(view, body=view.words("schools.register_empty"))
        return
    show_chart(charts.places(areas, view.group, _basis(view, of), _look(view)), view, key="schools_places")


@panel
def supply_panel(view: View, _found: Warehouse, of: Register) -> None:
    """Wards where schools and pupils are few for the people who live there."""
    wards = schools.supply(_found, of)
    st.caption(view.words("schools.supply_help"))
    for column, name, draw in zip(
        st.columns(2, gap="large"),
        ("preschools", "pupils"),
        (charts.few_preschools, charts.few_pupils),
        strict=True,
    ):
        with column:
            chart = draw(wards, _basis(view, of), _look(view))
            if chart is None:
                show_empty(view, body=view.words("schools.ratio_missing"))
            else:
                show_chart(chart, view, key=f"schools_few_{name}")


@panel
def standard_panel(view: View, _found: Warehouse, of: Register | None) -> None:
    """Public schools at the national standard over time with the target ranges."""
    series = figures.city_series(_found, STANDARD, view.statuses)
    others = figures.city_series(_found, "school.national_standard", view.statuses)
    targets = catalogue.governing_targets(_found, STANDARD)
    register = _basis(view, of) if of and any(f.status == of.status for f in series) else ""
    chart = charts.standard_trend(series, others, targets, register, _look(view))
    if chart is None:
        show_empty(view, body=view.words("schools.trend_empty"))
        return
    show_chart(chart, view, key="schools_standard")


@panel
def quality_panel(view: View, _found: Warehouse, of: Register, what: str) -> None:
    """The national standard or happy schools by level."""
    targets = catalogue.governing_targets(_found, STANDARD)
    chart = charts.quality(
        schools.by_level(_found, of), what, targets[0] if targets else None, _basis(view, of), _look(view)
    )
    if chart is None:
        show_empty(view, body=view.words("schools.quality_missing"))
        return
    show_chart(chart, view, key="schools_quality")


@panel
def happy_panel(view: View, _found: Warehouse) -> None:
    """What is known of happy schools: three figures that mean different things."""
    st.caption(view.words("schools.happy_help"))
    _show_cards(view, _found, HAPPY_CARDS)


def one_of(view: View, name: str, codes: Sequence[str]) -> str:
    """A choice of a few codes whose words are ``schools.<name>_<code>``, kept in the address."""
    words = view.words
    return address.choose(
        name, words(f"schools.choose_{name}"), codes, lambda c: words(f"schools.{name}_{c}"), segmented=True
    )


def choose_ratio(view: View) -> str:
    """Which average to show by level."""
    words = view.words
    return address.choose(
        "ratio", words("schools.choose_ratio"), tuple(RATIOS), lambda r: words(f"schools.ratio_{r}")
    )


def _filter(view: View, name: str, codes: Iterable[str], label_of: Callable[[str], str]) -> str:
    """A filter of the register, kept in the address; an empty text where everything is asked for."""
    everything = view.words(f"schools.all_{name}s")
    label = view.words(f"schools.choose_{name}")
    code = address.choose(
        name, label, ("all", *codes), lambda c: everything if c == "all" else label_of(c), width=220
    )
    return "" if code == "all" else code


def choose_rows(view: View, found: Warehouse, of: Register) -> tuple[Filters, int]:
    """What to look for in the register, and which page of it to show."""
    words = view.words
    districts = schools.districts_of(found, of)
    sought = address.search(
        "school", words("schools.search"), placeholder=words("schools.search_placeholder")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filters = Filters(
            level=_filter(view, "level", LEVELS, lambda c: words(f"schools.level_{c}")),
            ownership=_filter(view, "ownership", OWNERSHIPS, lambda c: words(f"schools.ownership_{c}")),
            district=_filter(view, "district", districts, lambda c: words.pick(*districts[c])),
            sought=sought,
        )
        pages = _pages(found.build_id, found, of, filters)
        page = address.choose(
            "rows", words("schools.choose_page"), pages, lambda p: _rows_label(view, p), width=150
        )
    return filters, int(page)


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs={Register: lambda r: (r.as_of, r.status)})
def _pages(build_id: str, _found: Warehouse, of: Register, filters: Filters) -> tuple[str, ...]:
    """The numbers of the pages that the schools sought fill, as codes for the address; one page where none fits."""
    del build_id  # part of the key
    found = schools.count_sought(_found, of, filters)
    return tuple(str(k) for k in range(1, max(1, -(-found // PAGE_ROWS)) + 1))


def _rows_label(view: View, page: str) -> str:
    """Which rows a page shows: “101–200”."""
    first = (int(page) - 1) * PAGE_ROWS
    return view.words(
        "schools.rows_of", first=decimal(first + 1, view.lang), last=decimal(first + PAGE_ROWS, view.lang)
    )


@panel
def table_panel(view: View, _found: Warehouse, of: Register, filters: Filters, page: int) -> None:
    """One page of the schools that fit; nothing that is not shown is sent."""
    words = view.words
    found = schools.count_sought(_found, of, filters)
    if not found:
        st.warning(words("schools.table_none"), icon=":material/search_off:")
        return
    offset = (page - 1) * PAGE_ROWS
    rows = schools.sought(_found, of, filters, PAGE_ROWS, offset)
    basis = _basis(view, of)
    every, first, last = (
        decimal(n, view.lang) for n in (of.schools + of.others, offset + 1, offset + len(rows))
    )
    st.caption(
        words(
            "schools.table_count",
            n=decimal(found, view.lang),
            all=every,
            first=first,
            last=last,
            basis=basis[:1].upper() + basis[1:],
        )
    )
    table = pd.DataFrame(
        {
            words("schools.name_column"): rows["school_name"],
            words("schools.level_column"): [words(f"schools.level_{level}") for level in rows["level"]],
            words("schools.ownership_column"): [words(f"schools.ownership_{o}") for o in rows["ownership"]],
            words("schools.ward_column"): rows["unit_vi" if view.lang == "vi" else "unit_en"],
            words("common.former_district"): rows["district_vi" if view.lang == "vi" else "district_en"],
            words("schools.classes_column"): rows["classes"].astype("Int64"),
            words("schools.pupils_column"): rows["pupils"].astype("Int64"),
            words("schools.teachers_column"): rows["teachers"].astype("Int64"),
            words("schools.standard_column"): rows["national_standard"].astype("boolean"),
            words("schools.happy_column"): rows["happy_school"].astype("boolean"),
            words("schools.code_column"): rows["school_code"],
        }
    )
    st.dataframe(table, hide_index=True, height=460, alt=words("schools.table_alt", n=len(rows)))


@panel
def published_panel(view: View, _found: Warehouse) -> None:
    """Every published figure about schools with its date, limits, note and source, contradictions included."""
    words, lang = view.words, view.lang
    st.markdown("### " + words("schools.published_title"))
    rows = schools.published(_found)
    if rows.empty:
        show_empty(view, body=words("schools.trend_empty"))
        return
    st.caption(words("schools.published_help", n=decimal(len(rows), lang)))

    def value_of(row: pd.Series) -> str:
        if row["kind"] != "rate":
            return limited(decimal(row["value"], lang), row["qualifier"] or None, _look(view))
        whole = round(100 * row["value"], 6).is_integer()
        return limited(percent(row["value"], lang, 0 if whole else 1), row["qualifier"] or None, _look(view))

    rows = rows.astype(object).where(rows.notna(), None)
    table = pd.DataFrame(
        {
            words("schools.published_what"): rows["name_vi" if lang == "vi" else "name_en"],
            words("schools.published_place"): rows["place_vi" if lang == "vi" else "place_en"],
            words("schools.published_when"): [_when(row, view) for _, row in rows.iterrows()],
            words("schools.published_value"): [value_of(row) for _, row in rows.iterrows()],
            words("schools.note_column"): [
                words.pick(v, e) for v, e in zip(rows["note_vi"], rows["note_en"], strict=True)
            ],
            words("schools.published_link"): rows["url"],
            words("schools.published_kind"): [words(f"common.date_{d}") for d in rows["date_basis"]],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=420,
        alt=words("schools.published_title"),
        column_config={
            words("schools.published_link"): st.column_config.LinkColumn(display_text=r"https?://([^/]+)")
        },
    )


def _when(row: pd.Series, view: View) -> str:
    start = row["period_start"].date() if row["period_start"] is not None else None
    return charts.date_of(row["period_label"], start, row["period_end"].date(), _look(view))
