"""Panels on targets and pace: of the city, a ward or a former district; of all wards; and the rule in words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from charts import pace as charts
from charts.base import Look
from charts.models import Labels, about
from charts.pace import goal_words
from i18n import decimal, percent, percent_as_given, points, short_date
from queries import catalogue, figures, pace
from queries.bases import basis_in
from queries.catalogue import CITY, Indicator, LearningModel
from queries.pace import Pace, PaceRules, PastTarget, TargetOnRecord, YearPace
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.cards import gap_words
from ui.context import View
from ui.frames import in_words_of, show_chart, show_empty
from ui.provenance import date_words, escaped, source_words, status_words, value_words
from ui.standing import standing_words

FIRST = 10
"""How many units at the head of the list the title adds up."""
LISTED = 400
"""How many units below the target are listed: all of a city's, of a country's those that lack most."""


def rule_lines(view: View, found: Warehouse) -> list[str]:
    """The rule of every standing in words, then how pace, pace needed and projection are worked out; Markdown lines."""
    words, rules = view.words, pace.pace_rules(found)
    share = percent(rules.behind_share, view.lang, 0)
    ways = {
        "met": words("pace.rule_met"),
        "on_track": words("pace.rule_on_track"),
        "behind": words("pace.rule_behind", share=share),
        "far_behind": words("pace.rule_far_behind", share=share),
        "missed": words("pace.rule_missed"),
        "too_little_data": words("pace.rule_too_little_data"),
    }
    lines = [f"**{words(f'pace.standing_{standing}')}**: {text}" for standing, text in ways.items()]
    lines.append(
        words("pace.rule_pace", shortest=decimal(rules.year_min_days, view.lang), longest=decimal(rules.year_max_days, view.lang))
    )  # fmt: skip
    lines.append(words("pace.rule_needed"))
    level = percent(rules.projection_level, view.lang, 0)
    lines.append(
        words(
            "pace.rule_projection", level=level, periods=decimal(rules.projection_min_points, view.lang),
            days=decimal(rules.projection_min_days, view.lang),
        )
    )  # fmt: skip
    return lines


def _model_of(found: Warehouse, indicator: Indicator) -> LearningModel | None:
    return next((m for m in catalogue.learning_models(found) if m.model == indicator.model), None)


def _counted(view: View, found: Warehouse, indicator: Indicator) -> str:
    """What is counted: families, clans…; “units” for what the catalogue has no word for."""
    model = _model_of(found, indicator)
    return (model and view.words.pick(model.counted_vi, model.counted_en)) or view.words("pace.counted_other")


@panel
def pace_panel(
    view: View, _found: Warehouse, indicator_id: str, label: str, *, unit_key: str | None = None
) -> None:
    """Where the city, a ward of today or a former district stands on its way to the city's target of the latest year.

    ``label`` names the title in the chart's subtitle. Without ``unit_key``: the whole city. Follows the reader's
    period and status of figures.
    """
    words, indicator = view.words, catalogue.indicator(_found, indicator_id)
    if indicator is None:
        show_empty(view)
        return
    found = pace.pace_of_unit(_found, indicator_id, unit_key or CITY, view.statuses, view.period_end)
    title = words("pace.title", year=found.target.year) if found.target else words("pace.title_plain")
    st.markdown("\n\n".join([f"### {title}", *_lines(view, _found, indicator, found)]))
    if found.target and found.series and found.standing != "ended":
        last = found.series[-1]
        labels = Labels(
            label, _counted(view, _found, indicator), words(f"common.basis_{basis_in(indicator_id)}"), date_words(last, view),
            words(f"common.mark_{last.status}"), "",
        )  # fmt: skip
        show_chart(charts.pace_chart(found, labels, Look(words, view.palette)), view, key=f"pace_{indicator_id}_{found.unit_key}")  # fmt: skip
    _targets_popover(view, pace.targets_on_record(_found, indicator_id))


def _lines(view: View, found: Warehouse, indicator: Indicator, shown: Pace) -> list[str]:
    """The standing, the latest figure, the gap, last year's pace, the pace needed, the projection, past targets."""
    words, figure = view.words, shown.figure
    head = standing_words(shown.standing, view)
    if shown.standing == "ended":
        return [head, words("pace.ended")]
    if figure is None:
        return [head, words("pace.lack_no_figure")]
    value = about(value_words(figure.value, "rate", figure.status, figure.qualifier, view), shown.estimated_share > 0)  # fmt: skip
    latest = words("pace.latest", value=value, date=date_words(figure, view))
    lines = [f"{head} {status_words(figure.status, view)} {latest}"]
    if shown.target is None:
        lines.append(f":small[{words('cards.no_target')}]")
    elif shown.gap is not None:
        lines.append(
            gap_words(shown.gap, _counted(view, found, indicator), view, rough=shown.estimated_share > 0)
        )
    lines.append(_year_line(view, shown))
    if shown.needed is not None and shown.target is not None:
        needed = points(shown.needed, view.lang)
        lines.append(words("pace.needed_line", needed=needed, year=shown.target.year))
    lines += [_projection_line(view, pace.pace_rules(found), shown)] if shown.target else []
    lines += [_past_line(view, p) for p in shown.past]
    small = []
    if shown.estimated_share > 0:
        small.append(words("pace.estimated", share=percent(shown.estimated_share, view.lang, 0)))
    if shown.unit_key != CITY and shown.target is not None:
        small.append(words("pace.yardstick"))
    return [*lines, f":small[{' '.join(small)}]"] if small else lines


def _year_line(view: View, shown: Pace) -> str:
    """Last year's pace with what was compared with what, or why it is not known."""
    words, year = view.words, shown.year
    if year is None:
        return words("pace.pace_unknown", why=words(f"pace.lack_{shown.lack}"))
    rate = about(points(year.per_year, view.lang), year.rough)
    of = percent_as_given if year.comparison == "published" else percent
    detail = words(
        "pace.pace_detail",
        then=of(year.rate_then, view.lang), then_day=short_date(year.then_day, view.lang),
        now=of(year.rate_now, view.lang), now_day=short_date(year.now_day, view.lang),
        how=_compared(view, shown, year),
    )  # fmt: skip
    return f"{words('pace.pace_line', pace=rate)}  \n:small[{detail}]"


def _compared(view: View, shown: Pace, year: YearPace) -> str:
    level = shown.series[-1].reporting_level
    how = view.words(
        f"pace.compare_{year.comparison}",
        units=decimal(year.units, view.lang),
        level=view.words(f"common.level_{level}") if level else "",
        share=percent(year.people_share, view.lang, 0),
    )
    return f"{how} {view.words('pace.rough')}" if year.rough else how


def _projection_line(view: View, rules: PaceRules, shown: Pace) -> str:
    words, found = view.words, shown.projection
    if found is None:
        why = words(
            f"pace.no_projection_{shown.no_projection}",
            n=decimal(rules.projection_min_points, view.lang),
            days=decimal(rules.projection_min_days, view.lang),
        )
        return words("pace.projection_none", why=why)
    end = found.at_end
    low, mid, high = (percent(value, view.lang) for value in (end.low, end.mid, end.high))
    return words("pace.projection_line", n=found.periods, year=end.day.year, low=low, mid=mid, high=high)


def _past_line(view: View, past: PastTarget) -> str:
    goal, year = goal_words(past.target, view.lang), past.target.year
    if past.met is None:
        return f":gray[:material/help:] {view.words('pace.past_unknown', year=year, goal=goal)}"
    if past.met:
        return f":green[:material/check_circle:] {view.words('pace.past_met', year=year, goal=goal)}"
    return f":red[:material/cancel:] {view.words('pace.past_missed', year=year, goal=goal)}"


def _targets_popover(view: View, listed: list[TargetOnRecord]) -> None:
    """Every target with document, date, source and why it governs or does not; nothing where there is none."""
    if not listed:
        return
    words = view.words
    governing = [t for t in listed if t.target.scope == "city" and t.target.governs]
    parts = []
    for key, some in (("governing", governing), ("others", [t for t in listed if t not in governing])):
        if some:
            parts.append(f"**{words(f'pace.targets_{key}')}**")
            parts.append("\n".join(f"- {_target_words(view, one)}" for one in some))
    with st.popover(words("pace.targets_button"), icon=":material/gavel:", type="tertiary"):
        st.markdown("\n\n".join(parts))


def _target_words(view: View, one: TargetOnRecord) -> str:
    words, target = view.words, one.target
    day = short_date(one.issued_on, view.lang) if one.issued_on else one.issued_text
    issued = words("pace.targets_dated", day=day) if day else words("pace.targets_no_date")
    reason = words.pick(target.reason_vi, target.reason_en)
    return (
        f"**{target.year}: {goal_words(target, view.lang)}** · {words(f'models.scope_{target.scope}')} · "
        f"{escaped(target.document_no or '–')}, {escaped(issued)}. {escaped(reason)} :small[{source_words(one.source, view)}]"
    )


@panel
def wards_pace_panel(
    view: View, _found: Warehouse, indicator_id: str, label: str, *, list_units: bool = True
) -> None:
    """How many wards stand where in the reader's period (districts until mid-2025), and which lack most.

    ``label`` names the title. Without ``list_units`` they are only counted.
    """
    words, indicator = view.words, catalogue.indicator(_found, indicator_id)
    target = pace.target_to_meet(_found, indicator_id)
    if indicator is None or view.period_end is None:
        show_empty(view)
        return
    ended = pace.has_ended(_found, indicator_id)
    if ended or target is None:
        st.caption(words("pace.ended" if ended else "pace.furthest_no_target"))
        return
    units = pace.paces_of_units(_found, indicator_id, view.period_end, view.statuses)
    reported = units[units["value"].notna()]
    if reported.empty:
        show_empty(view)
        return
    level = "district" if view.period_end < figures.reform_day(_found) else "ward"
    labels = Labels(
        label, _counted(view, _found, indicator), words(f"common.basis_{basis_in(indicator_id)}"), view.period,
        words(f"common.mark_{reported['status'].iloc[0]}"), words(f"common.level_{level}"),
    )  # fmt: skip
    chart = charts.status_bar(pace.standing_counts(units), target, labels, Look(words, view.palette))
    missing = len(units) - len(reported)
    if missing:
        note = words("common.fewer_than_expected", missing=missing, level=labels.level)
        chart = replace(chart, notes=(f"{note}.",))
    show_chart(chart, view, key=f"pace_units_{indicator_id}")
    if list_units:
        _furthest(view, reported[reported["gap"] < 0], labels, goal_words(target, view.lang))


def _furthest(view: View, short: pd.DataFrame, labels: Labels, goal: str) -> None:
    """The units below the target, those that lack most families (clans…) first."""
    words = view.words
    short = short.sort_values(["lacking", "gap", "code"], ascending=[False, True, True], na_position="last")
    total, level = short["lacking"].sum(), labels.level
    title = words("pace.furthest_title_all", n=len(short), level=level)
    if short.empty:
        title = words("pace.furthest_title_none", level=level)
    elif len(short) > FIRST and total > 0:
        share = percent(short["lacking"].head(FIRST).sum() / total, view.lang, 0)
        title = words("pace.furthest_title", n=len(short), level=level, few=FIRST, share=share)
    subtitle = words(
        "pace.furthest_subtitle", counted=labels.counted, goal=goal, period=labels.period, mark=labels.mark
    )
    st.markdown(f"### {title}\n\n:small[{subtitle}]" if len(short) else f"### {title}")
    if short.empty:
        return
    everyone, short = len(short), short.head(LISTED)
    vi = view.lang == "vi"
    table = pd.DataFrame(
        {
            words("common.unit"): short["name_vi" if vi else "name_en"],
            words("common.former_district"): short["district_vi" if vi else "district_en"],
            words("pace.rate_column"): 100 * short["value"],
            words("pace.gap_column"): -100 * short["gap"],
            words("pace.lacking_column", counted=labels.counted): short["lacking"].round(),
            words("pace.pace_column"): 100 * short["pace"],
            words("pace.needed_column"): 100 * short["needed"],
            words("pace.standing_column"): [
                f"{charts.SIGNS[s]} {words(f'pace.standing_{s}')}" for s in short["standing"]
            ],
        }
    )
    if short["main_district_key"].eq(short["unit_key"]).all():
        table = table.drop(columns=words("common.former_district"))
    st.dataframe(in_words_of(table, view), hide_index=True, alt=title)
    if everyone > len(short):
        shown, of = decimal(len(short), view.lang), decimal(everyone, view.lang)
        st.caption(words("submit.some_rows", shown=shown, all=of))
