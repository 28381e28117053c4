"""The chapter on method: what a figure means, how it is worked out, and what it must not be compared with."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

import pandas as pd
import streamlit as st

from i18n import Lang, decimal, in_short, month_or_day, percent, period_name, points, short_date
from queries import catalogue, figures, method
from queries.catalogue import BASES, LearningModel
from queries.figures import Figure
from queries.gaps import gaps
from queries.method import NamedTarget
from queries.warehouse import Warehouse
from ui import rules
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.provenance import escaped, status_mark
from ui.sources import TEXT_WIDTH, title_words

EXAMPLE_MODEL = "family"
STATUSES = ("published", "reported", "illustrative")


def chapter(view: View, found: Warehouse) -> None:
    """All parts of the chapter in order."""
    bases_panel(view, found)
    statuses_panel(view, found)
    areas_panel(view, found)
    reform_panel(view, found)
    rules.boundaries_panel(view, found)
    rules.coverage_rule_panel(view, found)
    rules.flags_rule_panel(view, found)
    rules.pace_rule_panel(view, found)
    rules.peers_panel(view, found)
    targets_panel(view, found)
    missing_panel(view, found)
    sample_panel(view, found)
    privacy_panel(view, found)


def rate_words(value: float, lang: Lang) -> str:
    """A rate with as many decimals as it was published with, two at most: 0.67 → “67%”, 0.8906 → “89,06%”."""
    decimals = next((d for d in (0, 1) if abs(round(100 * value, d) - 100 * value) < 1e-9), 2)
    return percent(value, lang, decimals)


def _qualified(figure: Figure, text: str, view: View) -> str:
    return f"{view.words('common.qualifier_' + figure.qualifier)} {text}" if figure.qualifier else text


def _text(view: View, key: str, **values: object) -> None:
    st.markdown(view.words(f"method.{key}", **values), width=TEXT_WIDTH)


def _heading(view: View, key: str) -> None:
    st.markdown("## " + view.words(f"method.{key}_title"))


def _example_model(found: Warehouse) -> LearningModel | None:
    return next((m for m in catalogue.learning_models(found) if m.model == EXAMPLE_MODEL), None)


# ---- One title, three rates --------------------------------------------------------------------------------------


def _published_when(figure: Figure, view: View) -> str:
    return view.words(
        f"method.bases_{figure.date_basis}", day=month_or_day(figure.period_end, "month", view.lang)
    )


def _example_card(figure: Figure, view: View, found: Warehouse) -> None:
    words = view.words
    evidence = f" ({words(f'common.evidence_{figure.basis_evidence}')})" if figure.basis_evidence else ""
    with st.container(border=True, height="stretch"):
        st.metric(
            words(f"common.basis_short_{figure.basis}"),
            _qualified(figure, rate_words(figure.value or 0, view.lang), view),
        )
        status_mark(figure.status, view)
        st.markdown(
            f"{words(f'common.basis_{figure.basis}').capitalize()}{evidence}. {_published_when(figure, view)}  \n"
            f":small[{title_words(catalogue.source(found, figure.source_id), view)}]"
        )


@panel
def bases_panel(view: View, _found: Warehouse) -> None:
    """One title, three published rates, and what each is of."""
    words = view.words
    model = _example_model(_found)
    example = method.worked_example(_found, EXAMPLE_MODEL)
    _heading(view, "bases")
    if model and example:
        days = sorted(figure.period_end for figure in example)
        _text(
            view,
            "bases_text",
            model=words.pick(model.name_vi, model.name_en),
            n=len(example),
            first=month_or_day(days[0], "month", view.lang),
            last=month_or_day(days[-1], "month", view.lang),
        )
        for column, figure in zip(st.columns(len(example)), example, strict=True):
            with column:
                _example_card(figure, view, _found)
    else:
        show_empty(view, body=words("method.bases_empty"))
    _text(view, "bases_rule")
    st.markdown(
        "\n".join(
            f"- **{words(f'common.basis_short_{basis}')}**: {words(f'method.basis_{basis}')}"
            for basis in BASES
        ),
        width=TEXT_WIDTH,
    )
    _text(view, "bases_unknown")


# ---- Statuses ----------------------------------------------------------------------------------------------------


@panel
def statuses_panel(view: View, _found: Warehouse) -> None:
    """What the mark beside a figure says, and how many figures of each kind there are."""
    counts = method.status_counts(_found)
    _heading(view, "statuses")
    _text(view, "statuses_text")
    for status in STATUSES:
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(width=130):
                status_mark(status, view)
            st.markdown(
                view.words(f"method.status_{status}", n=decimal(counts.get(status, 0), view.lang)),
                width=TEXT_WIDTH - 150,
            )
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        with st.container(width=130):
            status_mark("apportioned", view)
        st.markdown(view.words("method.status_apportioned"), width=TEXT_WIDTH - 150)


# ---- Areas -------------------------------------------------------------------------------------------------------


@panel
def areas_panel(view: View, _found: Warehouse) -> None:
    """How the rate of an area comes about, with an example of the chosen period, and when it counts as the city's."""
    words, lang = view.words, view.lang
    _heading(view, "areas")
    _text(view, "areas_text")
    example = method.mean_or_sum(_found, view.period_end, view.statuses) if view.period_end else None
    if example:
        with st.container(border=True, width=TEXT_WIDTH):
            st.markdown(
                words(
                    "method.areas_example",
                    name=escaped(words.pick(example.name_vi, example.name_en)),
                    period=view.period,
                    mark=words(f"common.mark_{example.status}").lower(),
                    sums=percent(example.of_sums, lang),
                    mean=percent(example.mean, lang),
                    gap=points(example.mean - example.of_sums, lang).lstrip("+−±"),
                    n=decimal(example.units, lang),
                    low=percent(example.lowest, lang),
                    high=percent(example.highest, lang),
                )
            )
    _text(view, "areas_coverage", share=percent(figures.CITY_COVERAGE, lang, 0))
    _text(view, "areas_undated")


# ---- July 2025 ---------------------------------------------------------------------------------------------------


@panel
def reform_panel(view: View, _found: Warehouse) -> None:
    """What the end of the district tier means for series and comparisons."""
    lang = view.lang
    day, counts = figures.reform_day(_found), method.reform(_found)
    _heading(view, "reform")
    _text(
        view,
        "reform_text",
        last_day=short_date(day - dt.timedelta(days=1), lang),
        day=short_date(day, lang),
        districts=counts.districts,
        before=counts.wards_before,
        now=counts.wards_now,
        phuong=counts.phuong,
        xa=counts.xa,
    )
    _text(
        view,
        "reform_rules",
        divided=counts.wards_divided,
        last_day=short_date(day - dt.timedelta(days=1), lang),
    )


# ---- Targets -----------------------------------------------------------------------------------------------------


def _goal(named: NamedTarget, view: View) -> str:
    target = named.target
    text = rate_words(target.value, view.lang)
    return f"{text.rstrip('%')}–{rate_words(target.value_max, view.lang)}" if target.value_max else text


def _targets_table(targets: list[NamedTarget], view: View) -> pd.DataFrame:
    words = view.words
    return pd.DataFrame(
        {
            words("method.target_indicator"): [words.pick(t.name_vi, t.name_en) for t in targets],
            words("models.targets_year"): [str(t.target.year) for t in targets],
            words("models.targets_value"): [_goal(t, view) for t in targets],
            words("models.targets_scope"): [words(f"models.scope_{t.target.scope}") for t in targets],
            words("models.targets_document"): [t.target.document_no or "" for t in targets],
            words("models.targets_governs"): [t.target.governs for t in targets],
            words("models.targets_reason"): [
                words.pick(t.target.reason_vi, t.target.reason_en) for t in targets
            ],
            words("method.target_link"): [t.source.url if t.source else None for t in targets],
        }
    )


def _governing_lines(targets: list[NamedTarget], view: View) -> list[str]:
    """One line a title and document: its targets by year, the document and why it governs."""
    words = view.words

    def together(named: NamedTarget) -> tuple[str | None, ...]:
        target = named.target
        return (named.model_vi, named.model_en, target.document_no, target.reason_vi, target.reason_en)

    lines = []
    for (model_vi, model_en, document_no, reason_vi, reason_en), of_document in groupby(
        targets, key=together
    ):
        rows = list(of_document)
        source = rows[0].source
        document = escaped(document_no or "")
        lines.append(
            words(
                "method.target_line",
                model=escaped(words.pick(model_vi, model_en)),
                goals=", ".join(
                    words("method.target_goal", goal=_goal(t, view), year=t.target.year) for t in rows
                ),
                document=f"[{document}]({source.url})" if source and source.url else document,
                reason=escaped(words.pick(reason_vi, reason_en)),
            )
        )
    return lines


@panel
def targets_panel(view: View, _found: Warehouse) -> None:
    """Which target a title is held against, and why; all others on request."""
    words = view.words
    targets = method.named_targets(_found)
    _heading(view, "targets")
    _text(view, "targets_text")
    if not targets:
        show_empty(view, body=words("sources.empty_reference"))
        return
    governing = [t for t in targets if t.model_vi and t.target.scope == "city" and t.target.governs]
    st.markdown("\n".join(_governing_lines(governing, view)), width=TEXT_WIDTH)
    with st.expander(words("method.targets_all", n=len(targets)), icon=":material/table:"):
        st.dataframe(
            _targets_table(targets, view),
            hide_index=True,
            alt=words("method.targets_title"),
            column_config={
                words("method.target_link"): st.column_config.LinkColumn(
                    display_text=r"https?://(?:www\.)?([^/]+)"
                )
            },
        )


# ---- How many are missing ----------------------------------------------------------------------------------------


@panel
def missing_panel(view: View, _found: Warehouse) -> None:
    """How a gap in points becomes a number of families, and where that number is an estimate."""
    words, lang = view.words, view.lang
    _heading(view, "missing")
    _text(view, "missing_text")
    model = _example_model(_found)
    implied = method.implied_example(_found, EXAMPLE_MODEL)
    indicator_id = f"model.{EXAMPLE_MODEL}.recognised_of_total"
    series = figures.city_series(_found, indicator_id, ("published", "reported"))
    figure = figures.best(series)
    if not (model and implied and figure and figure.value is not None):
        return
    counted = words.pick(model.counted_vi, model.counted_en)
    lines = [
        words(
            "method.missing_total",
            counted=counted,
            part=_qualified(implied, decimal(implied.numerator, lang), view),
            rate=_qualified(implied, rate_words(implied.value or 0, lang), view),
            total=in_short(implied.denominator, lang),
            source=title_words(catalogue.source(_found, implied.source_id), view),
        )
    ]
    lines += [
        words(
            "method.missing_gap" if gap.units else "method.missing_met",
            counted=counted,
            rate=rate_words(figure.value, lang),
            goal=rate_words(gap.target.value, lang),
            year=gap.target.year,
            points=points(abs(gap.difference), lang).lstrip("+±"),
            amount=decimal(round(gap.units or 0, -3), lang),
        )
        for gap in gaps(figure, catalogue.governing_targets(_found, indicator_id), series)
    ]
    with st.container(border=True, width=TEXT_WIDTH):
        st.markdown("  \n".join(lines))


# ---- The illustrative sample -------------------------------------------------------------------------------------


@panel
def sample_panel(view: View, _found: Warehouse) -> None:
    """What the illustrative figures follow, and when they switch off."""
    words, lang = view.words, view.lang
    _heading(view, "sample")
    _text(view, "sample_text", tolerance=percent(method.SAMPLE_TOLERANCE, lang, 0))
    anchors = method.sample_anchors(_found)
    if not anchors:
        st.info(words("method.sample_none"), icon=":material/inbox:")
    else:

        def value(amount: float, kind: str) -> str:
            return percent(amount, lang, 2) if kind == "rate" else decimal(amount, lang)

        with st.expander(words("method.sample_table", n=len(anchors)), icon=":material/table:"):
            st.dataframe(
                pd.DataFrame(
                    {
                        words("method.target_indicator"): [words.pick(a.name_vi, a.name_en) for a in anchors],
                        words("method.sample_day"): [
                            period_name(a.published_start, a.published_end, lang) for a in anchors
                        ],
                        words("method.sample_published"): [
                            (words(f"common.qualifier_{a.qualifier}") + " " if a.qualifier else "")
                            + value(a.published, a.kind)
                            for a in anchors
                        ],
                        words("method.sample_period"): [
                            period_name(a.sample_start, a.sample_end, lang) for a in anchors
                        ],
                        words("method.sample_sum"): [value(a.sample, a.kind) for a in anchors],
                    }
                ),
                hide_index=True,
                alt=words("method.sample_title"),
            )
    _text(view, "sample_off")


@panel
def privacy_panel(view: View, _found: Warehouse) -> None:
    """What never enters the warehouse, and why no network is needed."""
    _heading(view, "privacy")
    _text(view, "privacy_text")
