"""What each screen shows, as tables: one workbook for a screen, or for all of them.

The tables hold the figures behind a screen's cards and charts for the same choices: the unit, the model, the period and
the status of figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exports.table import Table, from_asked, from_warehouse
from exports.text import Text, joined, said, same
from i18n import LANGUAGES, short_date
from queries import explore
from queries.catalogue import BASES, TITLES, unit_names
from queries.explore import Choice
from queries.warehouse import Warehouse

HEADLINE = "recognised_of_total"


@dataclass(frozen=True)
class Shown:
    """What a reader has chosen on the screens. ``choice`` is that of the analyst's desk."""

    statuses: tuple[str, ...] = explore.STATUSES
    period_end: dt.date | None = None
    model: str = "family"
    basis: str = HEADLINE
    unit: str | None = None
    indicator: str = f"model.family.{HEADLINE}"
    choice: Choice | None = None


def tables_of(screen: str, w: Warehouse, shown: Shown) -> list[Table]:
    """The tables of a screen by its address (“” is the overview); none where it shows no figures."""
    make = _SCREENS.get(screen)
    return list(make(w, shown)) if make else []


def all_tables(w: Warehouse, shown: Shown) -> list[Table]:
    """The tables of all screens, each once."""
    found: dict[tuple[str, tuple[Any, ...]], Table] = {}
    for screen in _SCREENS:
        for table in tables_of(screen, w, shown):
            found.setdefault((table.sql, tuple(map(str, table.parameters))), table)
    return list(found.values())


def _asked(w: Warehouse, choice: Choice, key: str, **values: Text) -> Table:
    try:
        asked = explore.asked(w, choice)
    except explore.TooWide:  # more periods than a sheet may have columns: one row a figure then
        asked = explore.asked(w, replace(choice, shape="long"))
    return from_asked(w, asked, title=said(f"screens.{key}", **values))


def _kept(table: Table, condition: str, parameters: tuple[Any, ...], *filters: tuple[Text, Text]) -> Table:
    """Some rows of a table of the warehouse, in its order."""
    sql = f"SELECT * FROM ({table.sql}) WHERE {condition}"  # noqa: S608
    return replace(
        table,
        sql=sql,
        order=None,
        parameters=(*table.parameters, *parameters),
        filters=(*table.filters, *filters),
    )


def _at(w: Warehouse, table: str, shown: Shown) -> Table:
    """The rows of a table about the period that is shown, of the statuses that are shown."""
    found = _kept(from_warehouse(w, table), "list_contains(?, status)", (list(shown.statuses),))
    if shown.period_end is None:
        return found
    day = Text(*(short_date(shown.period_end, lang) for lang in LANGUAGES))
    return _kept(found, "period_end = ?", (shown.period_end,), (said("screens.period"), day))


def _headlines() -> tuple[str, ...]:
    return tuple(f"model.{model}.{HEADLINE}" for model in TITLES)


def _overview(w: Warehouse, shown: Shown) -> Iterator[Table]:
    choice = Choice(indicators=_headlines(), statuses=shown.statuses, last=shown.period_end)
    yield _asked(w, replace(choice, group="city", shape="by_period"), "city_reports")
    yield _asked(w, replace(choice, levels=("city",), statuses=_real(shown)), "city_published")
    yield _asked(w, Choice(indicators=_headlines(), levels=_level(shown), statuses=shown.statuses, first=shown.period_end, last=shown.period_end, missing=True, shape="by_indicator"), "units")  # fmt: skip
    yield _at(w, "report_status", shown)
    yield _at(w, "quality_flag", shown)
    yield from_warehouse(w, "target")


def _real(shown: Shown) -> tuple[str, ...]:
    return tuple(s for s in shown.statuses if s != "illustrative")


def _level(shown: Shown) -> tuple[str, ...]:
    before = shown.period_end is not None and shown.period_end < dt.date(2025, 7, 1)
    return ("district",) if before else ("ward",)


def _models(w: Warehouse, shown: Shown) -> Iterator[Table]:
    ids = tuple(f"model.{shown.model}.{what}" for what in ("total", "registered", "recognised", *BASES))
    rate = (f"model.{shown.model}.{shown.basis}",)
    choice = Choice(statuses=shown.statuses, last=shown.period_end)
    yield _asked(w, replace(choice, indicators=ids, group="city"), "city_reports")
    yield _asked(w, replace(choice, indicators=rate, levels=("district", "ward"), group="district", shape="by_period"), "districts")  # fmt: skip
    yield _asked(w, replace(choice, indicators=ids, levels=_level(shown), first=shown.period_end, missing=True), "units")  # fmt: skip
    published = Choice(statuses=tuple(s for s in shown.statuses if s == "published"), indicators=_about(w, shown.model))  # fmt: skip
    yield _asked(w, published, "published")
    yield _kept(from_warehouse(w, "target"), "starts_with(indicator_id, ?)", (f"model.{shown.model}.",))


def _about(w: Warehouse, model: str) -> tuple[str, ...]:
    listed = w.rows("SELECT indicator_id FROM indicator WHERE model = ? ORDER BY position", model)
    return tuple(row["indicator_id"] for row in listed)


def _map(w: Warehouse, shown: Shown) -> Iterator[Table]:
    choice = Choice(indicators=(shown.indicator,), statuses=shown.statuses, last=shown.period_end)
    yield _asked(w, replace(choice, levels=_level(shown), first=shown.period_end, missing=True), "units")
    yield _asked(
        w, replace(choice, levels=("district", "ward"), group="district", shape="by_period"), "districts"
    )


def _wards(w: Warehouse, shown: Shown) -> Iterator[Table]:
    if shown.unit is None:
        yield from_warehouse(w, "unit")
        return
    name = Text(*(unit_names(w, shown.unit) or (shown.unit, shown.unit)))
    kept = (said("screens.unit"), name)
    district = w.row("SELECT 1 FROM unit WHERE unit_key = ? AND level = 'district'", shown.unit) is not None
    own = Choice(statuses=shown.statuses, last=shown.period_end)
    if district:
        yield _asked(w, replace(own, districts=(shown.unit,), levels=("district", "ward"), group="district"), "unit_sums", unit=name)  # fmt: skip
    yield _asked(w, replace(own, units=(shown.unit,)), "unit_figures", unit=name)
    for table in ("report_status", "quality_flag"):
        yield _kept(from_warehouse(w, table), "unit_key = ? AND list_contains(?, status)", (shown.unit, list(shown.statuses)), kept)  # fmt: skip
    for table, condition in (
        ("unit_bridge", "vintage = 'wards_2025_07' AND (to_key = ? OR from_key = ?)"),
        ("ward_district_share", "district_key = ? OR ward_key = ?"),
    ):
        yield _kept(from_warehouse(w, table), condition, (shown.unit, shown.unit), kept)
    if not district:
        yield _kept(from_warehouse(w, "school"), "unit_key = ? AND list_contains(?, status)", (shown.unit, list(shown.statuses)), kept)  # fmt: skip


def _schools(w: Warehouse, shown: Shown) -> Iterator[Table]:
    ids = tuple(
        row["indicator_id"]
        for row in w.rows("SELECT indicator_id FROM indicator WHERE theme = 'school' ORDER BY position")
    )
    if ids:
        yield _asked(w, Choice(indicators=ids, levels=("city",), statuses=shown.statuses), "schools_city")
    yield _kept(from_warehouse(w, "school"), "list_contains(?, status)", (list(shown.statuses),))


def _network(w: Warehouse, _: Shown) -> Iterator[Table]:
    for table in (
        "milestone", "membership_step", "obligation", "duty_state", "focal_area", "focal_area_indicator", "focal_area_document",
        "focal_area_gap", "network_total", "cohort_check", "member_city", "member_population",
    ):  # fmt: skip
        yield from_warehouse(w, table)


def _explore(w: Warehouse, shown: Shown) -> Iterator[Table]:
    if shown.choice is not None and shown.choice.indicators:
        yield from_asked(w, explore.asked(w, shown.choice))


def _dictionary(w: Warehouse, _: Shown) -> Iterator[Table]:
    for table in ("indicator", "dictionary_table", "dictionary_column", "dictionary_value"):
        yield from_warehouse(w, table)


def _sources(w: Warehouse, _: Shown) -> Iterator[Table]:
    for table in ("source", "contradiction", "data_gap", "method_rule", "peer_group", "plan_task", "build", "build_file", "reject"):  # fmt: skip
        yield from_warehouse(w, table)


_SCREENS: Mapping[str, Callable[[Warehouse, Shown], Iterator[Table]]] = {
    "": _overview, "mo-hinh": _models, "ban-do": _map, "phuong-xa": _wards, "truong-hoc": _schools, "mang-luoi": _network,
    "tra-cuu": _explore, "tu-dien": _dictionary, "nguon": _sources,
}  # fmt: skip


def has_tables(screen: str) -> bool:
    """Whether a screen has figures to take away in a workbook of its own; the analyst's desk has its own exports."""
    return screen in _SCREENS and screen != "tra-cuu"


def screen_name(w: Warehouse, screen: str) -> tuple[Text, ...]:
    """What stands in the name of a screen's workbook; ``all`` for that of all screens."""
    which = (
        said("screens.file_all")
        if screen == "all"
        else joined([said("screens.file"), same(screen or "tong-quan")], " ")
    )
    return (said("exports.file_start"), which, same(w.build_id))
