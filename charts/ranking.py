"""Charts that set units beside each other: ranking within like ones, and sums of groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from charts.base import Chart, Look, styled, wrapped
from charts.drawing import Drawing, bar, scatter
from charts.models import Labels, about, name_of
from i18n import percent, points
from queries.bases import one_basis
from queries.catalogue import Target

BAR = 24
"""Pixels from one bar to the next."""
UNCERTAIN = 0.5
"""Where more than this share of the figures had to be estimated, a ranking names no first and no last."""
HALF = "◐"
"""The mark of a unit of which only a part is in what was reported."""
LONG = 0.3
"""From this rate on a bar has room for its number on a telephone."""
WHOLE = 0.995
"""From this share on a unit is as good as wholly in what was reported."""


def _rates(frame: pd.DataFrame, look: Look) -> list[str]:
    """Rates as text, with ≈ where a part was estimated."""
    return [
        about(percent(v, look.lang), s == "apportioned")
        for v, s in zip(frame["value"], frame["status"], strict=True)
    ]


def _partial(frame: pd.DataFrame) -> pd.Series:
    """Whether only a part of a unit is in what was reported."""
    return frame["covered_share"] < WHOLE


def _draw_target(figure: Drawing, target: Target | None, look: Look) -> None:
    """A target as a thin line with its label above the bars."""
    if target is None:
        return
    colour = look.palette.target
    figure.add_vline(
        x=100 * target.value, line={"color": colour, "width": 1.5, "dash": "dash"}, layer="below"
    )
    figure.add_annotation(
        x=100 * target.value, y=1, yref="paper", showarrow=False, xanchor="right", yanchor="bottom",
        text=look.words("common.target_label", year=target.year, value=percent(target.value, look.lang, 0)),
        font={"size": 12, "color": colour},
    )  # fmt: skip


def _placed(units: pd.DataFrame, by_group: bool) -> pd.DataFrame:
    """Units with a value from the highest rate to the lowest with their ``place`` and ``of`` how many.

    Equal rates share a place. ``by_group``: the place among the units of their own peer group.
    """
    known = units.dropna(subset=["value"]).sort_values(["value", "code"], ascending=[False, True])
    groups = known["peer_group"] if by_group else pd.Series("", index=known.index)
    values = known["value"].groupby(groups)
    return known.assign(
        place=values.rank(method="min", ascending=False).astype(int), of=values.transform("size").astype(int)
    )


def ranking(
    units: pd.DataFrame, target: Target | None, labels: Labels, look: Look, *, group: str = "", by_group: bool = False
) -> Chart:  # fmt: skip
    """Units from the highest rate to the lowest as bars from zero, those that have not reported greyed at the end.

    ``units``: those to be compared, as ``queries.timeline.values_on`` gives them, with ``basis`` and ``matches`` (whether
    a unit fits the search). ``group`` names the peer group where they are one: all are drawn then and those that match
    stand out; else only those that match are drawn. ``by_group``: places count within each unit's own peer group.
    A figure that was moved from other boundaries has ≈ and a thin line from its lowest to its highest.
    Raises MixedBases.
    """
    one_basis(units, [target.indicator_id] if target else [])
    words = look.words
    shown = _placed(units, by_group)
    silent = units[units["value"].isna()]
    searched = not bool(units["matches"].all())
    if searched and not group:
        drawn, silent_drawn = shown[shown["matches"]], silent[silent["matches"]]
    else:
        drawn, silent_drawn = shown, silent
    binary = bool(shown["denominator"].max() == 1)
    compared = len(units)
    if searched and not group:
        compared = len(drawn) + len(silent_drawn)
        title = words("models.ranking_title_found", n=compared)
    else:
        title = _ranking_title(shown, labels, look, group, binary)
    subtitle = words("models.ranking_subtitle", **labels.fill(), reporting=len(drawn), expected=compared)
    figure = Drawing()
    texts = [
        f"{rate} {HALF}" if lacks else rate
        for rate, lacks in zip(_rates(drawn, look), _partial(drawn), strict=True)
    ]
    if binary:
        texts = [words("models.binary_yes" if v == 1 else "models.binary_no") for v in drawn["value"]]
    names = _placed_names(drawn, look, binary, by_group)
    _draw_bars(figure, drawn, names, texts, look, searched and bool(group))
    _draw_silent(figure, silent_drawn, look)
    _draw_target(figure, target, look)
    rows = len(drawn) + len(silent_drawn)
    banded, longest = bool((drawn["status"] == "apportioned").any()), max(map(len, texts), default=0)
    figure.update_xaxes(range=[0, 101], showticklabels=False, showgrid=False, ticks="")
    figure.update_yaxes(showgrid=False, type="category", range=[max(rows, 1) - 0.5, -0.5], ticks="")
    styled(figure, look.palette, look.lang, height=40 + BAR * max(rows, 2), bargap=0.3)
    figure.lay({"margin": {"t": 26 if target else 8, "r": 16 + 7 * longest if banded else 16}})
    notes = (words("models.ranking_partial", mark=HALF),) if _partial(drawn).any() else ()
    return Chart(
        title, subtitle, figure.finished(), _ranking_alt(title, shown, silent, look), _ranking_table(shown, silent, look), notes
    )  # fmt: skip


def _ranking_title(shown: pd.DataFrame, labels: Labels, look: Look, group: str, binary: bool) -> str:
    words = look.words
    if shown.empty:
        return words("common.empty_title")
    if not binary and shown["estimated_share"].median() > UNCERTAIN:
        title = words("models.ranking_title_estimated")
    elif binary:
        yes = int((shown["value"] == 1).sum())
        title = words("models.ranking_title_binary", yes=yes, n=len(shown), level=labels.level)
    else:
        names = list(name_of(shown, look))
        title = words("models.ranking_title", first=names[0], last=names[-1])
    return f"{group}: {title}" if group else title


def _placed_names(drawn: pd.DataFrame, look: Look, binary: bool, by_group: bool) -> list[str]:
    """The names of units with their place; those that have a title or not have no place."""
    if binary:
        return list(name_of(drawn, look))
    return [
        f"{name}  {place}/{of}" if by_group else f"{name}  {place}"
        for name, place, of in zip(name_of(drawn, look), drawn["place"], drawn["of"], strict=True)
    ]


def _draw_bars(
    figure: Drawing, drawn: pd.DataFrame, names: list[str], texts: list[str], look: Look, highlight: bool
) -> None:
    colours, words = look.palette, look.words
    estimated = drawn["status"] == "apportioned"
    strong = drawn["matches"] if highlight else ~estimated
    band: dict[str, Any] = {
        "text": texts,
        "textposition": ["inside" if value > LONG else "outside" for value in drawn["value"]],
        "insidetextanchor": "end",
        "constraintext": "none",
    }
    if estimated.any():
        band = {
            "error_x": {
                "type": "data", "symmetric": False, "array": 100 * (drawn["value_high"] - drawn["value"]),
                "arrayminus": 100 * (drawn["value"] - drawn["value_low"]),
                "color": colours.muted, "thickness": 1, "width": 0,
            }
        }  # fmt: skip
        beside = {"x": 1, "xref": "paper", "showarrow": False, "xanchor": "left", "xshift": 4}
        font = {"size": 12, "color": colours.ink}
        figure.add_annotations(
            ({**beside, "y": y, "text": t, "font": font} for y, t in zip(names, texts, strict=True))
        )
    said = [
        text + words("models.band", low=percent(low, look.lang, 0), high=percent(high, look.lang, 0)) if guess else text
        for text, low, high, guess in zip(texts, drawn["value_low"], drawn["value_high"], estimated, strict=True)
    ]  # fmt: skip
    figure.add_trace(
        bar(
            x=100 * drawn["value"], y=names, orientation="h", marker={"color": [colours.main if s else colours.soft for s in strong]},
            textangle=0, cliponaxis=False, customdata=said, hovertemplate="%{y}: %{customdata}<extra></extra>", **band,
        )
    )  # fmt: skip


def _draw_silent(figure: Drawing, silent: pd.DataFrame, look: Look) -> None:
    """Units that have not reported: greyed names at the end and no bar."""
    if silent.empty:
        return
    colour = look.palette.muted
    figure.add_trace(
        scatter(
            x=[0] * len(silent), y=[f'<span style="color:{colour}">{name}</span>' for name in name_of(silent, look)], mode="text",
            text=[look.words("common.not_reported").lower()] * len(silent), textposition="middle right",
            textfont={"size": 12, "color": colour}, hoverinfo="skip", cliponaxis=False,
        )
    )  # fmt: skip


def _ranking_alt(title: str, shown: pd.DataFrame, silent: pd.DataFrame, look: Look) -> str:
    pairs = [f"{n} {v}" for n, v in zip(name_of(shown, look), _rates(shown, look), strict=True)]
    said = ", ".join(pairs[:5]) + (" … " + ", ".join(pairs[-5:]) if len(pairs) > 10 else "")
    if not len(silent):
        return f"{title}. {said}"
    return f"{title}. {said}. {look.words('common.not_reported')}: {', '.join(name_of(silent, look))}"


def _ranking_table(shown: pd.DataFrame, silent: pd.DataFrame, look: Look) -> pd.DataFrame:
    words = look.words
    everyone = pd.concat([shown, silent]) if len(silent) else shown
    estimated = bool((shown["status"] == "apportioned").any())
    counts = everyone[["numerator", "denominator"]].round(0 if estimated else 3)
    table = {
        words("models.rank_column"): [*shown["place"], *[None] * len(silent)],
        words("common.unit"): list(name_of(everyone, look)),
        words("common.former_district"): list(
            everyone["district_vi" if look.lang == "vi" else "district_en"]
        ),
        words("models.numerator_column"): list(counts["numerator"]),
        words("models.denominator_column"): list(counts["denominator"]),
        words("common.rate"): _rates(shown, look) + [words("common.not_reported")] * len(silent),
    }
    if _partial(shown).any():
        table[words("models.population_column")] = [
            percent(v, look.lang, 0) for v in everyone["covered_share"]
        ]
    if everyone["district_vi"].isna().all():
        del table[words("common.former_district")]
    if estimated:
        for band in ("low", "high", "by_area", "by_people"):
            table[words(f"models.value_{band}")] = [percent(v, look.lang) for v in everyone[f"value_{band}"]]
    return pd.DataFrame(table)


def groups(areas: pd.DataFrame, kind: str, target: Target | None, labels: Labels, look: Look) -> Chart:
    """Rates of groups side by side, from sums and not means, with how many of their units are in each.

    ``kind``: type (phường against xã), peer_group or district. ``areas``: one row a group with ``basis``.
    Raises MixedBases.
    """
    one_basis(areas, [target.indicator_id] if target else [])
    colours, words = look.palette, look.words
    shown = areas.dropna(subset=["value"]).sort_values("value", ascending=False)
    if kind == "type":
        names = [words(f"common.type_{key}") for key in shown["area_key"]]
    else:
        names = list(name_of(shown, look))
    title = words(f"models.groups_title_{kind}")
    if kind == "type" and len(shown) == 2:
        gap = points(shown["value"].iloc[0] - shown["value"].iloc[1], look.lang)
        title = words("models.groups_title_gap", high=names[0], low=names[1], gap=gap.lstrip("+"))
    elif len(shown) > 1:
        title = words("models.groups_title_most", high=names[0], low=names[-1])
    rates = _rates(shown, look)
    coverage = [f"{a}/{b}" for a, b in zip(shown["units_reporting"], shown["units_expected"], strict=True)]
    partial = list(shown["units_reporting"] < shown["units_expected"])
    subtitle = words(
        "models.groups_subtitle_partial" if any(partial) else "models.groups_subtitle", **labels.fill()
    )
    labelled = [wrapped(name) for name in names]
    figure = Drawing(
        bar(
            x=100 * shown["value"], y=labelled, orientation="h",
            marker={"color": [colours.soft if s == "apportioned" else colours.main for s in shown["status"]]},
            text=[f"{rate} ({part})" if lacks else rate for rate, part, lacks in zip(rates, coverage, partial, strict=True)],
            textposition=["inside" if value > LONG else "outside" for value in shown["value"]], insidetextanchor="start", textangle=0,
            constraintext="none", cliponaxis=False, hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    _draw_target(figure, target, look)
    figure.update_xaxes(range=[0, 100], showticklabels=False, showgrid=False, ticks="")
    figure.update_yaxes(showgrid=False, type="category", autorange="reversed")
    table = pd.DataFrame(
        {
            words("models.area_column"): names,
            words("models.numerator_column"): list(shown["numerator"].round()),
            words("models.denominator_column"): list(shown["denominator"].round()),
            words("common.rate"): rates,
            words("models.estimated_column"): [percent(v, look.lang, 0) for v in shown["estimated_share"]],
            words("models.units_column"): coverage,
            words("models.population_column"): [percent(v, look.lang, 0) for v in shown["population_share"]],
        }
    )
    alt = f"{title}. " + ", ".join(f"{n} {v}" for n, v in zip(names, rates, strict=True))
    styled(
        figure,
        colours,
        look.lang,
        height=48 + (34 if any("<br>" in name for name in labelled) else 28) * max(len(shown), 2),
        bargap=0.25,
    )
    figure.lay({"margin": {"t": 26 if target else 8}})
    return Chart(title, subtitle, figure.finished(), alt, table)
