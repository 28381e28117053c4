"""Flags as the screens ask for them: narrowed, in order, counted; and the two panels that show them."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries.figures import STATUS_CHOICES
from queries.quality import FLAG_RULES, Checked, checked, flag_counts, flags
from queries.rules import method_rules
from queries.warehouse import Warehouse

ALL, REAL = STATUS_CHOICES["all"], STATUS_CHOICES["real"]
LATEST = dt.date(2026, 9, 30)
FIRST_OF_WARDS = dt.date(2025, 9, 30)
HOANG_MAI = "00331@2025-07-01"  # a planted jump in Q2 2026, back in Q3
BA_DINH = "00004@2025-07-01"  # all copied in Q3 2026


def test_the_latest_period_comes_first_and_in_it_warnings_of_populous_units(full: Warehouse) -> None:
    found = flags(full, ALL)
    order = [(-f.period_end.toordinal(), f.severity == "note", -(f.population or 0)) for f in found]
    assert order == sorted(order)
    assert {f.severity for f in found} == {"warning", "note"}


def test_within_a_unit_and_rule_the_largest_change_comes_first(full: Warehouse) -> None:
    found = [f for f in flags(full, ALL) if f.flag_rule == "rate_jump"]
    pairs = [(a, b) for a, b in pairwise(found) if (a.unit_key, a.period_end) == (b.unit_key, b.period_end)]
    assert pairs
    for a, b in pairs:
        assert abs(a.value - (a.previous_value or 0)) >= abs(b.value - (b.previous_value or 0))


def test_flags_are_narrowed_to_a_period_a_unit_and_an_indicator(full: Warehouse) -> None:
    every = flags(full, ALL)
    assert flags(full, ALL, LATEST) == [f for f in every if f.period_end == LATEST]
    assert flags(full, ALL, unit_key=HOANG_MAI) == [f for f in every if f.unit_key == HOANG_MAI]
    one = flags(full, ALL, LATEST, HOANG_MAI, "model.citizen_resident.recognised_of_total")
    assert [(f.flag_rule, f.severity, f.kind, f.unit_vi) for f in one] == [
        ("rate_jump", "note", "rate", "Phường Hoàng Mai")
    ]


def test_only_figures_of_the_chosen_status_are_flagged(full: Warehouse) -> None:
    assert flags(full, REAL) == []
    assert flag_counts(full, REAL, LATEST) == {}
    assert checked(full, REAL) is None


def test_counts_by_rule_add_up_and_come_in_the_order_of_presentation(full: Warehouse) -> None:
    counts = flag_counts(full, ALL, LATEST)
    assert sum(counts.values()) == len(flags(full, ALL, LATEST)) > 0
    assert list(counts) == [rule for rule in FLAG_RULES if rule in counts]
    assert counts["copied"] == 6


def test_what_was_checked(full: Warehouse) -> None:
    first = checked(full, ALL, FIRST_OF_WARDS)
    assert first == Checked(
        units=117, periods=1, first_end=FIRST_OF_WARDS, last_end=FIRST_OF_WARDS, compared=0
    )
    unit = checked(full, ALL, unit_key=BA_DINH)
    assert unit == Checked(units=1, periods=5, first_end=FIRST_OF_WARDS, last_end=LATEST, compared=8)
    assert checked(full, ALL, dt.date(2020, 1, 1)) is None


def test_without_reports_nothing_was_checked(empty: Warehouse) -> None:
    assert flags(empty, ALL) == []
    assert checked(empty, ALL) is None


def test_every_threshold_of_the_checks_is_in_the_table(full: Warehouse) -> None:
    mart = (Path(__file__).parents[2] / "etl" / "marts" / "80_quality_flag.sql").read_text(encoding="utf-8")
    asked = {part.split("'")[0] for part in mart.split("flag_limit('")[1:]}
    assert asked == {rule for rule in method_rules(full) if rule.startswith("flag_")}


# ---- The panels ---------------------------------------------------------------------------------------------------


def draw(folder: str, lang: str, end: str, status: str, unit_key: str) -> None:
    import datetime as dt
    from pathlib import Path
    from typing import Any, cast

    from queries.warehouse import current_warehouse
    from ui.context import View
    from ui.quality import period_flags_panel, unit_flags_panel

    found = current_warehouse(Path(folder))
    last = dt.date.fromisoformat(end) if end else None
    months = 6 if last and last < dt.date(2025, 7, 1) else 3
    first = dt.date(last.year, last.month - months + 1, 1) if last else None
    view = View(found.build_id, cast(Any, lang), False, first, last, "district", status)
    if unit_key:
        unit_flags_panel(view, found, unit_key)
    else:
        period_flags_panel(view, found)


def shown(
    warehouse: Path, lang: str = "en", end: str = "2026-09-30", status: str = "all", unit_key: str = ""
) -> AppTest:
    screen = AppTest.from_function(
        draw, args=(str(warehouse), lang, end, status, unit_key), default_timeout=60
    )
    screen.run()
    assert not screen.exception
    return screen


def text(screen: AppTest) -> str:
    return "\n".join([*(m.value for m in screen.markdown), *(i.value for i in screen.info)])


def test_a_period_lists_each_rule_with_its_count_and_the_units(warehouse_full: Path) -> None:
    screen = shown(warehouse_full)
    said = text(screen)
    assert "Q3 2026: **15 flagged in 8 of the 113 wards and communes** whose reports were checked." in said
    assert "**Same as the period before** (6)" in said
    assert (
        "- **Ba Dinh Ward**: all three figures on “Learning citizen (residents)” are those of Q2 2026: 54,607 in total,"
        " 31,775 registered, 27,974 recognised. The same holds for 2 more indicators." in said
    )
    assert "Illustrative" in said
    assert table(screen).count("<tr>") == 1 + 15


def table(screen: AppTest) -> str:
    """The one table on the screen, as HTML."""
    (found,) = [body for one in screen.get("html") if "<table>" in (body := one.proto.body)]
    return str(found)


def test_a_period_says_the_thresholds(warehouse_full: Path) -> None:
    said = text(shown(warehouse_full, "vi"))
    assert "lệch từ 10 điểm % so với trung vị" in said
    assert "nằm ngoài khoảng 2,2–5,5 người" in said
    assert "{" not in said


def test_a_period_without_a_finding_says_what_was_checked_and_since_when(warehouse_full: Path) -> None:
    said = text(shown(warehouse_full, end="2025-06-30"))
    assert said.startswith("### Figures that deserve a look")
    assert (
        "Checked: the reports of 30 districts (first half of 2025). No figure deserves a second look." in said
    )
    assert "First period checked: first half of 2021." in said
    assert "These are the first reports" not in said


def test_the_first_period_of_all_says_that_nothing_came_before(warehouse_full: Path) -> None:
    said = text(shown(warehouse_full, "vi", end="2021-06-30"))
    assert "Đây là báo cáo đầu tiên của các đơn vị này" in said


def test_one_report_is_held_against_the_people_of_its_ward(warehouse_one_row: Path) -> None:
    said = text(shown(warehouse_one_row))
    assert "**1 flagged in 1 of the 1 wards and communes**" in said
    assert "1,000 families are reported for a population of" in said


def test_a_unit_without_a_finding_says_what_was_checked(warehouse_full: Path, full: Warehouse) -> None:
    flagged = {f.unit_key for f in flags(full, ALL)}
    quiet = next(
        r["unit_key"]
        for r in full.rows(
            "SELECT unit_key FROM report_status WHERE has_reported AND status = 'illustrative' AND period_end = ? ORDER BY 1",
            LATEST,
        )
        if r["unit_key"] not in flagged
    )
    said = text(shown(warehouse_full, unit_key=quiet))
    assert "Reporting periods checked: " in said
    assert "No figure deserves a second look." in said


@pytest.mark.parametrize(("status", "unit_key"), [("real", ""), ("real", BA_DINH), ("all", "nowhere")])
def test_where_there_are_no_reports_the_panel_says_so(
    warehouse_full: Path, status: str, unit_key: str
) -> None:
    assert "There is no report of the chosen status" in text(
        shown(warehouse_full, status=status, unit_key=unit_key)
    )


def test_without_any_report_there_is_no_period_and_the_panel_stands(warehouse_empty: Path) -> None:
    assert "There is no report of the chosen status" in text(shown(warehouse_empty, end=""))


def test_a_unit_shows_the_latest_period_first_and_folds_the_others(warehouse_full: Path) -> None:
    screen = shown(warehouse_full, unit_key=HOANG_MAI)
    assert "**4 flagged**; reporting periods checked: 5." in text(screen)
    assert "**Q3 2026, rate changes unlike its peers**" in screen.markdown[1].value
    assert "**Q2 2026, rate changes unlike its peers**" in screen.expander[0].markdown[0].value
    assert screen.expander[0].label == "Earlier periods (2)"
    why = re.findall(r"<tr><td>[^<]*</td><td>([^<]*)</td>", table(screen))
    assert why == ["Rate changes unlike its peers (note)"] * 2 + ["Rate changes unlike its peers"] * 2
