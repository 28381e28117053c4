"""The chapter on method, continued: boundaries, coverage, what deserves a look, pace, peer groups, thresholds."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from i18n import decimal, percent, period_name, points
from queries import catalogue, method, timeline
from queries.peers import peer_groups
from queries.rules import MethodRule, method_rules, threshold
from queries.warehouse import Warehouse
from ui.cached import panel
from ui.context import View
from ui.pace import rule_lines
from ui.provenance import escaped
from ui.sources import TEXT_WIDTH

EXAMPLE = "model.family.recognised"


def _heading(view: View, key: str) -> None:
    st.markdown("## " + view.words(f"rules.{key}_title"))


def _text(view: View, key: str, **values: object) -> None:
    st.markdown(view.words(f"rules.{key}", **values), width=TEXT_WIDTH)


@panel
def boundaries_panel(view: View, _found: Warehouse) -> None:
    """How figures move to other boundaries, with the ward of today that has the most origins as an example."""
    moved = method.moved_wards(_found)
    _heading(view, "boundaries")
    _text(
        view,
        "boundaries_text",
        whole=decimal(moved.whole, view.lang),
        law=decimal(moved.by_law, view.lang),
        estimated=decimal(moved.estimated, view.lang),
    )
    _text(view, "boundaries_band")
    example = _boundary_example(view, _found)
    if example:
        with st.container(border=True, width=TEXT_WIDTH):
            st.markdown(example)
    _text(view, "boundaries_limits")


def _boundary_example(view: View, found: Warehouse) -> str:
    words, lang = view.words, view.lang
    key = method.most_mixed_ward(found)
    series = timeline.series_on(found, EXAMPLE, key, view.statuses) if key else []
    last = next((f for f in reversed(series) if f.status == "apportioned" and f.value is not None), None)
    unit = catalogue.unit_names(found, key) if key else None
    if last is None or unit is None or key is None:
        return ""
    origins = timeline.made_of(found, key, timeline.DISTRICTS)
    return words(
        "rules.boundaries_example",
        name=escaped(words.pick(*unit)),
        origins=", ".join(
            words(
                "rules.boundaries_origin",
                name=escaped(words.pick(o.name_vi, o.name_en)),
                share=percent(o.to_share, lang, 0),
            )
            for o in origins
        ),
        period=period_name(last.period_start, last.period_end, lang),
        mark=words(f"common.mark_{last.origin_status}").lower(),
        **{
            name: decimal(round(value or 0), lang)
            for name, value in (
                ("value", last.value),
                ("area", last.value_by_area),
                ("people", last.value_by_people),
                ("low", last.value_low),
                ("high", last.value_high),
            )
        },
    )


@panel
def coverage_rule_panel(view: View, _found: Warehouse) -> None:
    """Who is to report, and from when on a report is late."""
    _heading(view, "coverage")
    _text(view, "coverage_text", days=decimal(threshold(_found, "report_due_days"), view.lang))


@panel
def flags_rule_panel(view: View, _found: Warehouse) -> None:
    """What is looked at again with each build, and with which thresholds."""
    words = view.words
    _heading(view, "flags")
    _text(view, "flags_text")
    rules = list(method_rules(_found).values())
    with st.expander(words("rules.thresholds_title", n=len(rules)), icon=":material/table:"):
        st.dataframe(
            pd.DataFrame(
                {
                    words("rules.thresholds_rule"): [words.pick(r.name_vi, r.name_en) for r in rules],
                    words("rules.thresholds_value"): [_threshold_words(r, view) for r in rules],
                    words("rules.thresholds_explanation"): [
                        words.pick(r.explanation_vi, r.explanation_en) for r in rules
                    ],
                }
            ),
            hide_index=True,
            alt=words("rules.thresholds_title", n=len(rules)),
        )


def _threshold_words(rule: MethodRule, view: View) -> str:
    if rule.unit == "share":
        return percent(rule.value, view.lang, 0)
    if rule.unit == "percentage_points":
        return points(rule.value, view.lang).lstrip("+")
    digits = 0 if float(rule.value).is_integer() else 1
    return view.words(f"rules.unit_{rule.unit}", value=decimal(rule.value, view.lang, digits))


@panel
def pace_rule_panel(view: View, _found: Warehouse) -> None:
    """How pace, standing and projection are worked out."""
    _heading(view, "pace")
    st.markdown("\n".join(f"- {line}" for line in rule_lines(view, _found)), width=TEXT_WIDTH)


@panel
def peers_panel(view: View, _found: Warehouse) -> None:
    """The peer groups with their rule and members."""
    words = view.words
    groups = list(peer_groups(_found).values())
    names = catalogue.short_names(_found)
    _heading(view, "peers")
    _text(view, "peers_text")
    st.dataframe(
        pd.DataFrame(
            {
                words("rules.peers_group"): [words.pick(g.name_vi, g.name_en) for g in groups],
                words("rules.peers_count"): [len(g.members) for g in groups],
                words("rules.peers_rule"): [words.pick(g.reason_vi, g.reason_en) for g in groups],
                words("rules.peers_members"): [
                    ", ".join(words.pick(*names[key]) for key in g.members) for g in groups
                ],
            }
        ),
        hide_index=True,
        alt=words("rules.peers_title"),
    )
