"""A figure in words: its value, its day, how much of the city is in it, how far a target is. The same on every screen, on
paper and on slides."""

from __future__ import annotations

from charts.models import about
from charts.pace import goal_words
from i18n import Lang, Words, decimal, in_short, percent, percent_as_given, period_as_worded, points
from queries.figures import Figure
from queries.gaps import Gap


def value_words(
    value: float | None, kind: str, status: str, qualifier: str | None, words: Words, decimals: int = 1
) -> str:
    """A value as text, a published rate with the digits and the limiting word of its source: “hơn 42%”."""
    if kind != "rate":
        text = in_short(value, words.lang)
    elif status == "published":
        text = percent_as_given(value, words.lang)
    else:
        text = percent(value, words.lang, decimals)
    return f"{words('common.qualifier_' + qualifier)} {text}" if qualifier else text


def date_words(figure: Figure, lang: Lang) -> str:
    """When a figure is of: a period in words, or a day."""
    return period_as_worded(figure.period_label, figure.period_start, figure.period_end, lang)


def coverage_words(figure: Figure, words: Words) -> str:
    """How much of the city is in a sum; empty for a figure that was published as such."""
    if figure.units_reporting is None:
        return ""
    return words(
        "common.coverage_units",
        reporting=decimal(figure.units_reporting, words.lang),
        expected=decimal(figure.units_expected, words.lang),
        level=words(f"common.level_{figure.reporting_level}"),
        share=percent(figure.population_share, words.lang, 0),
    )


def gap_words(gap: Gap, words: Words, counted: str | None = None, *, rough: bool = False) -> str:
    """One target and how far it is, with what is still lacking where ``counted`` says of what.

    ``rough`` puts ≈ before what is lacking, where a part of the figure had to be estimated. Of a target that is a range,
    a figure inside meets the lower end.
    """
    target = gap.target
    places = {"year": target.year, "goal": goal_words(target, words.lang)}
    if gap.difference == 0 and not gap.met:
        return words("cards.nearly", **places, word=words(f"common.qualifier_{gap.qualifier}"))
    if (
        gap.met
        and target.value_max is not None
        and round(target.value + gap.difference, 6) < target.value_max
    ):
        return words("cards.in_range", **places)
    apart = points(abs(gap.difference), words.lang).lstrip("+±")
    if gap.met:
        return words("cards.met" if gap.difference > 0 else "cards.met_exactly", **places, over=apart)
    line = words("cards.short", **places, short=about(apart, rough))
    return (
        line
        if counted is None or not gap.units
        else f"{line} {_lacking(gap, gap.units, words, counted, rough)}"
    )


def _lacking(gap: Gap, units: float, words: Words, counted: str, rough: bool) -> str:
    amount = decimal(round(units, -3) if gap.estimated and units > 20000 else round(units), words.lang)
    key = "cards.short_units_estimated" if gap.estimated else "cards.short_units"
    key = "cards.short_units_partial" if gap.partial else key
    return words(key, amount=about(amount, rough and not gap.estimated), counted=counted)
