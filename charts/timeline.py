"""Charts across 1 July 2025: former districts as they reported last, and as sums of today's wards."""

from __future__ import annotations

import pandas as pd

from charts.base import Chart, Look, styled
from charts.drawing import Drawing, scatter
from charts.models import Labels, about, name_of, units_reporting
from charts.palette import Palette
from i18n import percent, period_name, points
from queries.bases import one_basis
from queries.coverage import InBoth
from queries.figures import Figure

ROW = 24
"""Pixels from one district to the next."""


def across(
    districts: pd.DataFrame,
    city: tuple[Figure, Figure] | None,
    both: InBoth | None,
    labels: Labels,
    look: Look,
) -> Chart:
    """Each former district before July 2025 and now, joined by a line, the largest rise first, the city on top.

    ``districts`` as ``queries.timeline.across_reform`` gives them, at least one; ``city`` is the city's sum before and
    now, ``both`` the sum over the districts all of whose wards have reported. A figure of which a part was estimated has ≈; a hollow mark says that some wards have not reported.
    Raises MixedBases.
    """
    one_basis(districts, city or (), [both] if both else ())
    words, lang = look.words, look.lang
    rows = districts.assign(change=districts["now"] - districts["before"], key=districts["unit_key"])
    rows = rows.sort_values(["change", "key"], ascending=[False, True])
    start = rows.iloc[0]
    before = period_name(start["before_start"].date(), start["before_end"].date(), lang)
    drawn = pd.DataFrame(
        {
            "name": name_of(rows, look),
            "before": rows["before"],
            "now": rows["now"],
            "change": rows["change"],
            "estimated": rows["estimated_share"] > 0,
            "partial": rows["units_reporting"] < rows["units_expected"],
            "coverage": [
                f"{a}/{b}" for a, b in zip(rows["units_reporting"], rows["units_expected"], strict=True)
            ],
        }
    )
    if city:
        drawn = pd.concat([_city_row(city, look), drawn], ignore_index=True)
    rises = int((rows["change"] > 0).sum())
    title = words("models.across_title", rises=rises, n=len(rows), before=before)
    if city:
        change = points((city[1].value or 0) - (city[0].value or 0), lang)
        title = words(
            "models.across_title_city", rises=rises, n=len(rows), before=before, change=change
        )  # fmt: skip
    subtitle = words("models.across_subtitle", **labels.fill())
    figure = _dumbbells(drawn, look)
    key = (
        f'<span style="color:{look.palette.muted}">●</span> {before}   '
        f'<span style="color:{look.palette.main}">●</span> {labels.period}'
    )
    if drawn["partial"].any():
        key += f'<br><span style="color:{look.palette.main}">○</span> {words("models.across_partial")}'
    figure.add_annotation(
        x=0, xref="paper", y=1, yref="paper", text=key, showarrow=False, xanchor="left", yanchor="bottom", align="left",
        font={"size": 12, "color": look.palette.ink},
    )  # fmt: skip
    return Chart(
        title, subtitle, figure.finished(), _alt(title, drawn, look), _table(rows, city, before, labels, look), _notes(rows, city, both, labels, look)
    )  # fmt: skip


def _city_row(city: tuple[Figure, Figure], look: Look) -> pd.DataFrame:
    before, now = city
    return pd.DataFrame(
        {
            "name": [f"<b>{look.words('models.city_line')}</b>"],
            "before": [before.value],
            "now": [now.value],
            "change": [(now.value or 0) - (before.value or 0)],
            "estimated": [False],
            "partial": [(now.units_reporting or 0) < (now.units_expected or 0)],
            "coverage": [units_reporting(now)],
        }
    )


def _dumbbells(drawn: pd.DataFrame, look: Look) -> Drawing:
    colours, lang = look.palette, look.lang
    places = list(range(len(drawn)))
    joined_x: list[float | None] = []
    joined_y: list[float | None] = []
    for place, (before, now) in enumerate(zip(drawn["before"], drawn["now"], strict=True)):
        joined_x += [100 * before, 100 * now, None]
        joined_y += [place, place, None]
    figure = Drawing(
        scatter(
            x=joined_x, y=joined_y, mode="lines", line={"color": colours.soft, "width": 3}, hoverinfo="skip"
        )
    )
    texts = [about(percent(v, lang), bool(e)) for v, e in zip(drawn["now"], drawn["estimated"], strict=True)]
    _draw_marks(figure, drawn, places, texts, look)
    changes = zip(places, drawn["change"], drawn["estimated"], strict=True)
    beside = {"x": 1, "xref": "paper", "showarrow": False, "xanchor": "left", "xshift": 6}
    font = {"size": 12, "color": colours.ink}
    figure.add_annotations(
        (
            {**beside, "y": y, "text": about(points(change, lang).split()[0], bool(guess)), "font": font}
            for y, change, guess in changes
        ),
    )
    low, high = drawn[["before", "now"]].min().min() * 100, drawn[["before", "now"]].max().max() * 100
    room = max(high - low, 10.0) * 0.06
    figure.update_xaxes(range=[low - room, high + room], ticksuffix="%", dtick=10, tickangle=0)
    figure.update_yaxes(
        range=[len(drawn) - 0.5, -0.5], tickvals=places, ticktext=list(drawn["name"]), showgrid=False
    )
    styled(figure, colours, lang, height=84 + ROW * len(drawn))
    figure.lay({"margin": {"t": 44, "r": 72}})
    return figure


def _draw_marks(
    figure: Drawing, drawn: pd.DataFrame, places: list[int], texts: list[str], look: Look
) -> None:
    colours: Palette = look.palette
    figure.add_trace(
        scatter(
            x=100 * drawn["before"], y=places, mode="markers", marker={"size": 8, "color": colours.muted},
            customdata=[percent(v, look.lang) for v in drawn["before"]], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        scatter(
            x=100 * drawn["now"], y=places, mode="markers",
            marker={
                "size": 11, "color": [colours.surface if p else colours.main for p in drawn["partial"]],
                "line": {"width": 2, "color": colours.main},
            },
            customdata=[f"{text} ({part})" for text, part in zip(texts, drawn["coverage"], strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip


def _alt(title: str, drawn: pd.DataFrame, look: Look) -> str:
    said = (
        f"{name.removeprefix('<b>').removesuffix('</b>')} {percent(before, look.lang)} → "
        f"{about(percent(now, look.lang), bool(estimated))}"
        for name, before, now, estimated in zip(
            drawn["name"], drawn["before"], drawn["now"], drawn["estimated"], strict=True
        )
    )
    return f"{title}. {'; '.join(said)}"


def _table(
    rows: pd.DataFrame, city: tuple[Figure, Figure] | None, before: str, labels: Labels, look: Look
) -> pd.DataFrame:
    words, lang = look.words, look.lang
    columns = (
        words("models.area_column"),
        before,
        labels.period,
        words("models.change_column"),
        words("models.estimated_column"),
        words("models.units_column"),
        words("models.population_column"),
    )
    listed = []
    if city:
        then, now = city
        change = (now.value or 0) - (then.value or 0)
        listed.append(
            (words("models.city_line"), percent(then.value, lang), percent(now.value, lang), points(change, lang), percent(0, lang, 0),
             units_reporting(now), percent(now.population_share, lang, 0))
        )  # fmt: skip
    for name, (_, row) in zip(name_of(rows, look), rows.iterrows(), strict=True):
        estimated = bool(row["estimated_share"] > 0)
        listed.append(
            (name, percent(row["before"], lang), about(percent(row["now"], lang), estimated), about(points(row["change"], lang), estimated),
             percent(row["estimated_share"], lang, 0), f"{row['units_reporting']}/{row['units_expected']}", percent(row["population_share"], lang, 0))
        )  # fmt: skip
    return pd.DataFrame(listed, columns=list(columns))


def _notes(
    rows: pd.DataFrame, city: tuple[Figure, Figure] | None, both: InBoth | None, labels: Labels, look: Look
) -> tuple[str, ...]:
    """Which units are on either side, and how much was estimated."""
    words = look.words
    notes = []
    partial = int((rows["units_reporting"] < rows["units_expected"]).sum())
    if city and units_reporting(city[1]) and (city[1].units_reporting or 0) < (city[1].units_expected or 0):
        notes.append(
            words(
                "models.across_units",
                period=labels.period,
                coverage=units_reporting(city[1]),
                share=percent(city[1].population_share, look.lang, 0),
                partial=partial,
            )
        )
    else:
        notes.append(words("models.across_units_all"))
    if both is not None and both.units < both.expected:
        notes.append(
            words(
                "models.across_both",
                n=both.units,
                all=both.expected,
                share=percent(both.population_share, look.lang, 0),
                first=percent(both.value_first, look.lang),
                second=about(percent(both.value_second, look.lang), both.estimated_share > 0),
                change=points(both.value_second - both.value_first, look.lang),
            )
        )
    estimated = rows[rows["estimated_share"] > 0]
    if len(estimated):
        most = percent(estimated["estimated_share"].max(), look.lang, 0)
        notes.append(words("models.across_estimated", n=len(estimated), most=most))
    return (" ".join(notes),)
