"""Charts of the first page."""

from __future__ import annotations

import pandas as pd

from charts.base import Chart, Look, styled
from charts.drawing import Drawing, bar
from charts.models import Labels, about
from i18n import decimal, percent, points
from queries.bases import one_basis
from queries.catalogue import Target
from queries.overview import Change


def pull_bars(pulls: pd.DataFrame, target: Target, labels: Labels, look: Look, each: int = 5) -> Chart:
    """The units that pull the city's rate furthest above and below a target, in percentage points.

    Raises MixedBases.
    """
    one_basis(pulls, [target.indicator_id])
    colours, words = look.palette, look.words
    ranked = pulls.sort_values("pull", ascending=False)
    forward = ranked[ranked["pull"] > 0].head(each)
    back = ranked[ranked["pull"] < 0].tail(each)
    drawn = pd.concat([forward, back]).iloc[::-1]
    names = [
        words(f"common.type_{key}") if key in ("phuong", "xa") else name
        for key, name in zip(
            drawn["area_key"], drawn["name_vi" if look.lang == "vi" else "name_en"], strict=True
        )
    ]
    estimated = [share > 0 for share in drawn["estimated_share"]]
    rates = [about(percent(r, look.lang), rough) for r, rough in zip(drawn["value"], estimated, strict=True)]
    labels_of = [f"{name} ({rate})" for name, rate in zip(names, rates, strict=True)]
    texts = [points(pull, look.lang, 2).split()[0] for pull in drawn["pull"]]
    figure = Drawing(
        bar(
            x=100 * drawn["pull"],
            y=labels_of,
            orientation="h",
            marker={"color": [colours.above if pull > 0 else colours.below for pull in drawn["pull"]]},
            text=texts,
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    reach = max(abs(100 * drawn["pull"]), default=1.0) * 1.5
    figure.update_xaxes(
        range=[-1.4 * reach, reach],
        showticklabels=False,
        showgrid=False,
        zeroline=True,
        zerolinecolor=colours.muted,
    )
    figure.update_yaxes(showgrid=False, type="category")
    goal = percent(target.value, look.lang, 0)
    title = words("overview.pull_title", model=labels.model)
    subtitle = words("overview.pull_subtitle", target=goal, **labels.fill())
    table = pd.DataFrame(
        {
            words("common.unit"): names[::-1],
            words("overview.pull_column"): [points(p, look.lang, 2) for p in drawn["pull"]][::-1],
            words("common.rate"): rates[::-1],
            words("models.numerator_column"): list(drawn["numerator"].round())[::-1],
            words("models.denominator_column"): list(drawn["denominator"].round())[::-1],
        }
    )
    pairs = [f"{name} {text}" for name, text in zip(labels_of[::-1], texts[::-1], strict=True)]
    height = 40 + 30 * max(len(drawn), 2)
    return Chart(
        title,
        subtitle,
        styled(figure, colours, look.lang, height=height).finished(),
        f"{title}. {', '.join(pairs)}",
        table,
        (words("overview.pull_estimated"),) if any(estimated) else (),
    )


def changes_table(changes: list[Change], names: list[str], look: Look) -> pd.DataFrame:
    """One row a model: its rate now, the change in points, its rate before, over how many units. Raises MixedBases."""
    one_basis(changes)
    words, lang = look.words, look.lang
    return pd.DataFrame(
        {
            words("overview.changes_model"): names,
            words("overview.changes_now"): [
                about(percent(c.rate_now, lang), c.estimated_share > 0) for c in changes
            ],
            words("overview.changes_difference"): [points(c.rate_now - c.rate_before, lang) for c in changes],
            words("overview.changes_before"): [percent(c.rate_before, lang) for c in changes],
            words("overview.changes_units"): [
                "–" if c.units is None else f"{decimal(c.units, lang)}/{decimal(c.expected, lang)}"
                for c in changes
            ],
        }
    )
