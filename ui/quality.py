"""Figures that deserve a look: those of a period over the whole city, and those of one unit over all periods."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

import pandas as pd
import streamlit as st

from i18n import decimal, percent, period_name, points
from queries import figures, quality
from queries.quality import FLAG_RULES, Checked, Flag
from queries.rules import MethodRule, method_rules
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty, show_table
from ui.provenance import escaped, status_words

MOST_LISTED = 3
"""So many units are listed under each rule; all are in the table."""
NOTE = "note"
ICONS = {"warning": ":orange[:material/flag:]", NOTE: ":material/undo:"}


@panel
def period_flags_panel(view: View, _found: Warehouse) -> None:
    """The flags of the chosen period by rule, the most populous units first, and those of published sources of any day."""
    words = view.words
    st.markdown(f"### {words('quality.title')}")
    covered = quality.checked(_found, view.statuses, view.period_end) if view.period_end else None
    listed = _of_period(view, _found)
    if covered is None and not listed:
        show_empty(view, words("quality.not_checked_title"), words("quality.not_checked"))
        return
    if listed:
        lead = [_lead(view, _found, covered, listed), _marks(listed, view), words("quality.question")]
        by_rule = groupby(sorted(listed, key=_group_order), key=_group)
        parts = [_group_words(group, list(of_group), view) for group, of_group in by_rule]
        st.markdown("\n\n".join([" ".join(lead), *parts]))
        _table(view, listed, with_unit=True)
    elif covered:
        _show_none(view, _found, covered)
    _rules(view, _found)


@panel
def unit_flags_panel(view: View, _found: Warehouse, unit_key: str) -> None:
    """The flags of one unit: those of the latest period that has any in sight, those of earlier ones folded."""
    words = view.words
    st.markdown(f"### {words('quality.title')}")
    covered = quality.checked(_found, view.statuses, unit_key=unit_key)
    listed = quality.flags(_found, view.statuses, unit_key=unit_key)
    if covered is None and not listed:
        show_empty(view, words("quality.not_checked_title"), words("quality.unit_not_checked"))
        return
    periods = decimal(covered.periods if covered else 0, view.lang)
    if covered and not listed:
        ends = dict.fromkeys((covered.first_end, covered.last_end))
        span = " – ".join(_named(end, view, _found) for end in ends)
        _calm(view, words("quality.unit_none", periods=periods, span=span))
        return
    latest = [f for f in listed if f.period_end == listed[0].period_end]
    earlier = listed[len(latest) :]
    lead = [words("quality.unit_lead", n=decimal(len(listed), view.lang), periods=periods)]
    lead += [_marks(listed, view), words("quality.question")]
    st.markdown("\n\n".join([" ".join(lead), _unit_lines(latest, view)]))
    if earlier:
        with st.expander(words("quality.earlier", n=len(earlier)), icon=":material/history:"):
            st.markdown(_unit_lines(earlier, view))
    _table(view, listed, with_unit=False)


def _of_period(view: View, found: Warehouse) -> list[Flag]:
    reports = tuple(status for status in view.statuses if status != "published")
    published = tuple(status for status in view.statuses if status == "published")
    of_period = quality.flags(found, reports, view.period_end) if view.period_end else []
    return of_period + quality.flags(found, published)


def _lead(view: View, found: Warehouse, covered: Checked | None, listed: list[Flag]) -> str:
    """How many figures of how many units, of all that were checked."""
    words = view.words
    reported = [f for f in listed if f.status != "published"]
    published = len(listed) - len(reported)
    lead = []
    if covered:
        lead.append(
            words(
                "quality.lead",
                period=_capital(view.period),
                n=decimal(len(reported), view.lang),
                units=decimal(len({f.unit_key for f in reported}), view.lang),
                checked=decimal(covered.units, view.lang),
                level=_level(view, found),
            )
        )
    if published:
        lead.append(words("quality.lead_published", n=decimal(published, view.lang)))
    return " ".join(lead)


def _show_none(view: View, found: Warehouse, covered: Checked) -> None:
    """What was checked without any finding, and since when reports are checked."""
    words = view.words
    units = decimal(covered.units, view.lang)
    said = [words("quality.none", period=view.period, checked=units, level=_level(view, found))]
    if not covered.compared:
        said.append(words("quality.nothing_before"))
    ever = quality.checked(found, view.statuses)
    if ever:
        said.append(words("quality.since", first=_named(ever.first_end, view, found)))
    _calm(view, " ".join(said))


def _calm(view: View, said: str) -> None:
    st.info(said, title=view.words("quality.none_title"), icon=":material/task_alt:")


def _level(view: View, found: Warehouse) -> str:
    """Who reports for the chosen period, in words."""
    by_district = view.period_end is not None and view.period_end < figures.reform_day(found)
    return view.words("common.level_district" if by_district else "common.level_ward")


def _named(period_end: dt.date, view: View, found: Warehouse) -> str:
    """A reporting period by its last day, in words."""
    start = next((p.start for p in figures.periods(found) if p.end == period_end), None)
    return period_name(start, period_end, view.lang)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _marks(listed: list[Flag], view: View) -> str:
    """The statuses of the figures as marks."""
    return " ".join(status_words(status, view) for status in sorted({f.status for f in listed}))


def _group(flag: Flag) -> str:
    """Under which heading a flag is listed: its rule, or the notes."""
    return NOTE if flag.severity == NOTE else flag.flag_rule


def _group_order(flag: Flag) -> int:
    return len(FLAG_RULES) if flag.severity == NOTE else FLAG_RULES.index(flag.flag_rule)


def _group_words(group: str, listed: list[Flag], view: View) -> str:
    """One rule with the units that run into it, as a Markdown list."""
    words = view.words
    icon = ICONS.get(group, ICONS["warning"])
    heading = words("quality.group", rule=words(f"quality.rule_{group}"), n=decimal(len(listed), view.lang))
    units = [
        list(of_unit) for _, of_unit in groupby(listed, key=lambda f: (f.unit_key, f.flag_rule, f.period_end))
    ]
    lines = [f"{icon} {heading}", ""]
    for of_unit in units[:MOST_LISTED]:
        name = escaped(words.pick(of_unit[0].unit_vi, of_unit[0].unit_en))
        if of_unit[0].period_end != view.period_end:
            name += f", {_period(of_unit[0], view)}"
        lines.append(f"- **{name}**: {_said(of_unit, view)}")
    rest = len(units) - MOST_LISTED
    if rest > 0:
        key = "quality.rest_one" if rest == 1 else "quality.rest"
        lines.append("- " + words(key, n=decimal(rest, view.lang)))
    return "\n".join(lines)


def _unit_lines(listed: list[Flag], view: View) -> str:
    """The flags of one unit as a Markdown list, one line a period and rule."""
    lines = []
    same = groupby(listed, key=lambda f: (f.period_end, f.severity, f.flag_rule, f.status))
    for (_, severity, rule, _), of_rule in same:
        flags = list(of_rule)
        title = f"{_capital(_period(flags[0], view))}, {view.words(f'quality.rule_{rule}').lower()}"
        lines.append(f"- {ICONS[severity]} **{title}**: {_said(flags, view)}")
    return "\n".join(lines)


def _said(same: list[Flag], view: View) -> str:
    """What is odd, without unit and period, which stand before it; how many more indicators are odd in the same way."""
    words = view.words
    sentence = words.pick(same[0].sentence_vi, same[0].sentence_en)
    said = escaped(sentence.partition(": ")[2])
    more = len(same) - 1
    if more:
        key = "quality.others_one" if more == 1 else "quality.others"
        said += " " + words(key, n=decimal(more, view.lang))
    return said


def _period(flag: Flag, view: View) -> str:
    return period_name(flag.period_start, flag.period_end, view.lang)


def _rule_words(flag: Flag, view: View) -> str:
    rule = view.words(f"quality.rule_{flag.flag_rule}")
    return view.words("quality.noted", rule=rule) if flag.severity == NOTE else rule


def _amount(value: float | None, flag: Flag, view: View) -> str:
    return percent(value, view.lang) if flag.kind == "rate" else decimal(value, view.lang)


def _expected(flag: Flag, view: View) -> str:
    """The bounds that the rule allows, in words; a dash where it has none."""
    words = view.words
    low, high = (_amount(bound, flag, view) for bound in (flag.expected_low, flag.expected_high))
    if flag.expected_low is None:
        return low if flag.expected_high is None else words("quality.expected_to", high=high)
    if flag.expected_high is None:
        return words("quality.expected_from", low=low)
    return words("quality.expected_between", low=low, high=high)


def _table(view: View, listed: list[Flag], *, with_unit: bool) -> None:
    """Every flag with its values, folded; first its unit, or its period where all are of one unit."""
    words = view.words
    units = [words.pick(f.unit_vi, f.unit_en) for f in listed]
    periods = [_period(f, view) for f in listed]
    first = {words("common.unit"): units} if with_unit else {words("quality.period_column"): periods}
    table = pd.DataFrame(
        {
            **first,
            words("quality.rule_column"): [_rule_words(f, view) for f in listed],
            words("quality.indicator_column"): [words.pick(f.indicator_vi, f.indicator_en) for f in listed],
            words("quality.value_column"): [_amount(f.value, f, view) for f in listed],
            words("quality.before_column"): [_amount(f.previous_value, f, view) for f in listed],
            words("quality.expected_column"): [_expected(f, view) for f in listed],
            words("common.status_column"): [words(f"common.mark_{f.status}") for f in listed],
            words("quality.sentence_column"): [words.pick(f.sentence_vi, f.sentence_en) for f in listed],
        }
    )
    with st.expander(words("quality.all", n=decimal(len(listed), view.lang)), icon=":material/table:"):
        show_table(table, words("quality.title"), view)


def _threshold(rule: MethodRule, view: View) -> str:
    if rule.rule_id == "flag_jump_points":
        return points(rule.value, view.lang, 0).lstrip("+")
    if rule.unit == "share":
        return percent(rule.value, view.lang, 0)
    return decimal(rule.value, view.lang, 0 if float(rule.value).is_integer() else 1)


def _rules(view: View, found: Warehouse) -> None:
    """Every rule with the thresholds that the build has."""
    words = view.words
    values = {name: _threshold(rule, view) for name, rule in method_rules(found).items()}
    lines = [
        f"**{words(f'quality.rule_{rule}')}**: {words(f'quality.why_{rule}', **values)}"
        for rule in FLAG_RULES
    ]
    lines += [words("quality.rules_compared"), words("quality.rules_note")]
    with st.popover(words("quality.rules_button"), icon=":material/info:", type="tertiary"):
        st.markdown("\n\n".join(lines))
