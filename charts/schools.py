"""Charts of schools: published totals, the register by level and place, few schools for the people, the standard."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence

import pandas as pd

from charts.base import Chart, Look, mark_reform, reform_note, styled
from charts.drawing import Drawing, bar, scatter
from charts.palette import Palette
from i18n import decimal, in_short, percent, period_as_worded, short_date
from queries.bases import one_basis
from queries.catalogue import Target
from queries.figures import Figure
from queries.schools import COUNTED, OWNERSHIPS, SchoolYear

RATIOS = {
    "pupils_per_school": ("pupils", "pupils_known"),
    "classes_per_school": ("classes", "classes_known"),
    "teachers_per_school": ("teachers", "teachers_known"),
    "pupils_per_class": ("pupils_with_classes", "classes_with_pupils"),
    "pupils_per_teacher": ("pupils_with_teachers", "teachers_with_pupils"),
}
QUALITIES = ("standard", "happy")
DAYS_A_LETTER = 100
"""How far apart on the time axis two labels must be for each letter, so that they stay apart on a telephone."""


def when(figure: Figure, look: Look) -> str:
    """The date of a figure as its source words it (see ``date_of``)."""
    return date_of(figure.period_label, figure.period_start, figure.period_end, look)


def date_of(label: str | None, start: dt.date | None, end: dt.date, look: Look) -> str:
    """A date as its source words it: a school year, a year, a month, else the period."""
    return period_as_worded(label, start, end, look.lang)


def limited(text: str, qualifier: str | None, look: Look) -> str:
    """A number with the word by which its source limits it."""
    return f"{look.words('common.qualifier_' + qualifier)} {text}" if qualifier else text


def comparable(figure: Figure, years: Sequence[SchoolYear]) -> bool:
    """Whether a total has the coverage of the usual school year; unknown years count as not comparable."""
    return any(y.comparable and y.starts_on <= figure.period_end <= y.ends_on for y in years)


def _note(figure: Figure, years: Sequence[SchoolYear], look: Look) -> str:
    own = look.words.pick(figure.note_vi, figure.note_en)
    if own:
        return own
    return next(
        (
            look.words.pick(y.note_vi, y.note_en)
            for y in years
            if y.starts_on <= figure.period_end <= y.ends_on
        ),
        "",
    )


def _one_a_date(series: Iterable[Figure]) -> list[Figure]:
    """Of several figures of one day the most exact one."""
    chosen: dict[dt.date, Figure] = {}
    for figure in sorted(
        series, key=lambda f: (f.qualifier is not None, f.qualifier != "nearly", f.source_id)
    ):
        chosen.setdefault(figure.period_end, figure)
    return [chosen[day] for day in sorted(chosen)]


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers from below ``low`` to above ``high``."""
    step = (high - low or abs(high) or 1) / 3
    size = 10 ** math.floor(math.log10(step))
    step = next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= step)
    return [step * k for k in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _spoken(figure: Figure, look: Look) -> str:
    return limited(in_short(figure.value, look.lang), figure.qualifier, look)


def totals_trend(series: list[Figure], years: list[SchoolYear], measure: str, look: Look) -> Chart:
    """Totals of the whole city over time. Years of one coverage are joined, dotted across years without figures;
    figures of another coverage stand alone with another symbol, and undated ones are not drawn but named.
    """
    colours, words, lang = look.palette, look.words, look.lang
    unit = words(f"schools.unit_{measure}")
    dated = _one_a_date(f for f in series if f.date_basis != "undated")
    undated = [f for f in series if f.date_basis == "undated"]
    same = [f for f in dated if comparable(f, years)]
    other = [f for f in dated if f not in same]
    figure = Drawing()
    _join(figure, same, colours)
    for part, symbol, colour, place in (
        (same, "circle", colours.main, "top center"),
        (other, "diamond-open", colours.muted, "bottom center"),
    ):
        figure.add_trace(
            scatter(
                x=[f.period_end for f in part], y=[f.value for f in part], mode="markers+text", cliponaxis=False,
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
                text=_labels_apart(part, look), textposition=place, textfont={"size": 12, "color": colours.ink if colour == colours.main else colours.muted},
                customdata=[[when(f, look), limited(decimal(f.value, lang), f.qualifier, look)] for f in part],
                hovertemplate="%{customdata[0]}: %{customdata[1]} " + unit + "<extra></extra>",
            )
        )  # fmt: skip
    styled(figure, colours, lang, height=320, margin={"l": 8, "r": 24, "t": 16, "b": 8})
    marks: tuple[str, ...] = ()
    if dated:
        values = [f.value or 0 for f in dated]
        ticks = _ticks(min(values), max(values))
        pad = (ticks[-1] - ticks[0]) * 0.12
        figure.update_yaxes(
            range=[ticks[0] - pad, ticks[-1] + pad],
            tickvals=ticks,
            ticktext=[in_short(t, lang) for t in ticks],
        )
        edge = dt.timedelta(days=300)
        span = (dated[0].period_end - edge, dated[-1].period_end + edge)
        figure.update_xaxes(range=span, tickformat="%Y", dtick="M24", showgrid=False)
        mark_reform(figure, look, *span)
        marks = reform_note(look, *span, "totals")
    title, subtitle = _trend_words(same, series, unit, look)
    notes = [
        words(
            "schools.trend_note",
            when=when(f, look),
            value=limited(decimal(f.value, lang), f.qualifier, look),
            note=_note(f, years, look),
        )
        for f in other
    ]
    notes += [
        words(
            "schools.trend_undated",
            day=short_date(f.period_end, lang),
            value=limited(decimal(f.value, lang), f.qualifier, look),
            note=_note(f, years, look),
        )
        for f in undated
    ]
    if len(dated) + len(undated) < len({(f.period_end, f.value, f.qualifier) for f in series}):
        notes.append(words("schools.trend_best"))
    listed = sorted(series, key=lambda f: (f.period_end, f.source_id))
    table = pd.DataFrame(
        {
            words("common.date"): [when(f, look) for f in listed],
            unit.capitalize(): [limited(decimal(f.value, lang), f.qualifier, look) for f in listed],
            words("schools.coverage_column"): [_coverage_words(f, years, look) for f in listed],
            words("common.status_column"): [words(f"common.mark_{f.status}") for f in listed],
            words("schools.note_column"): [words.pick(f.note_vi, f.note_en) for f in listed],
        }
    )
    alt = (
        title
        + ". "
        + "; ".join(
            f"{when(f, look)}: {limited(decimal(f.value, lang), f.qualifier, look)} ({_coverage_words(f, years, look)})"
            for f in dated
        )
    )
    return Chart(
        title,
        subtitle,
        figure.finished(),
        alt,
        table,
        (words("schools.trend_key"), "  \n".join([*notes, *marks])),
    )


def _coverage_words(figure: Figure, years: Sequence[SchoolYear], look: Look) -> str:
    if figure.date_basis == "undated":
        return look.words("schools.coverage_undated")
    return look.words("schools.coverage_same" if comparable(figure, years) else "schools.coverage_other")


def _join(figure: Drawing, same: list[Figure], colours: Palette) -> None:
    """A line from each comparable total to the next: whole between neighbouring years, dotted across a gap."""
    for before, after in itertools.pairwise(same):
        neighbours = (after.period_end - before.period_end).days < 550
        figure.add_trace(
            scatter(
                x=[before.period_end, after.period_end], y=[before.value, after.value], mode="lines", hoverinfo="skip",
                line={"color": colours.soft, "width": 2, "dash": "solid" if neighbours else "dot"},
            )
        )  # fmt: skip


def _labels_apart(part: list[Figure], look: Look) -> list[str]:
    """A label for the last point and for every earlier one that is far enough from the next labelled one."""
    labels: list[str] = []
    labelled: dt.date | None = None
    for figure in reversed(part):
        text = _spoken(figure, look)
        if labelled is None or (labelled - figure.period_end).days >= DAYS_A_LETTER * len(text):
            labels.append(text)
            labelled = figure.period_end
        else:
            labels.append("")
    return labels[::-1]


def _trend_words(same: list[Figure], series: list[Figure], unit: str, look: Look) -> tuple[str, str]:
    words = look.words
    marks = ", ".join(dict.fromkeys(words(f"common.mark_{f.status}") for f in series)).lower()
    if not same:
        return words("schools.trend_other"), words(
            "schools.trend_subtitle", unit=unit.capitalize(), mark=marks
        )
    first, last = same[0], same[-1]
    if first is last:
        title = words("schools.trend_one", last=_spoken(last, look), unit=unit, when=when(last, look))
        return title, words("schools.trend_subtitle", unit=unit.capitalize(), mark=marks)
    way = "same" if last.value == first.value else "up" if (last.value or 0) > (first.value or 0) else "down"
    title = words(f"schools.trend_{way}", first=_spoken(first, look), last=_spoken(last, look), unit=unit)
    span = {"first": when(first, look), "last": when(last, look)}
    return title, words("schools.trend_subtitle_span", unit=unit.capitalize(), mark=marks, **span)


def _level(level: str, look: Look) -> str:
    return look.words(f"schools.level_{level}")


def _stacked(names: list[str], parts: dict[str, list[int]], look: Look, height: int) -> Drawing:
    """Bars from zero, the first name on top, one part after the other, totals at the end, the parts named above."""
    colours = look.palette
    totals = [sum(values) for values in zip(*parts.values(), strict=True)]
    top = max(totals, default=0) or 1
    figure = Drawing()
    shades = dict(zip(parts, (colours.category[0], colours.category[1]), strict=True))
    for part, values in parts.items():
        colour = shades[part]
        figure.add_trace(
            bar(
                x=values, y=names, orientation="h", name=part, marker={"color": colour},
                text=[decimal(v, look.lang) if v > top * 0.12 else "" for v in values], textposition="inside", insidetextanchor="middle",
                textangle=0, constraintext="none", hovertemplate="%{y}: %{x:,d}<extra>" + part + "</extra>",
            )
        )  # fmt: skip
    figure.add_trace(
        scatter(
            x=totals, y=names, mode="text", text=["  " + decimal(t, look.lang) for t in totals], textposition="middle right",
            textfont={"size": 12, "color": colours.ink}, hoverinfo="skip", cliponaxis=False,
        )
    )  # fmt: skip
    legend = "     ".join(f'<span style="color:{colour}">■</span> {part}' for part, colour in shades.items())
    figure.add_annotation(
        x=0, y=1, yref="paper", text=legend, showarrow=False, xanchor="left", yanchor="bottom", font={"size": 12, "color": colours.ink}
    )  # fmt: skip
    figure.update_xaxes(range=[0, top * 1.2], showticklabels=False, showgrid=False, showline=False, ticks="")
    figure.update_yaxes(showgrid=False, type="category", range=[len(names) - 0.5, -0.5])
    margin = {"l": 8, "r": 16, "t": 28, "b": 8}
    return styled(figure, colours, look.lang, height=height, barmode="stack", bargap=0.3, margin=margin)


def levels(frame: pd.DataFrame, basis: str, look: Look) -> Chart:
    """Schools of the register by level, public and non-public, preschool to upper secondary."""
    words, lang = look.words, look.lang
    counted = frame[frame["level"].isin(COUNTED)]
    pivot = counted.pivot_table(
        index="level", columns="ownership", values="schools", aggfunc="sum", fill_value=0
    )
    pivot = pivot.reindex(
        index=[lv for lv in COUNTED if lv in pivot.index], columns=list(OWNERSHIPS), fill_value=0
    )
    names = [_level(level, look) for level in pivot.index]
    totals = pivot.sum(axis=1)
    whole = int(totals.sum())
    first = str(totals.idxmax())
    title = words(
        "schools.levels_title",
        level=_level(first, look),
        n=decimal(totals[first], lang),
        share=percent(totals[first] / whole, lang, 0),
    )
    subtitle = words("schools.levels_subtitle", basis=basis)
    parts = {words(f"schools.ownership_{o}"): [int(v) for v in pivot[o]] for o in OWNERSHIPS}
    figure = _stacked(names, parts, look, height=56 + 44 * max(len(names), 2))
    table = pd.DataFrame(
        {
            words("schools.level_column"): names,
            **parts,
            words("schools.total_column"): [int(t) for t in totals],
            words("schools.share_column"): [percent(t / whole, lang) for t in totals],
        }
    )
    public, private = parts.values()
    rows = zip(names, totals, public, private, strict=True)
    ways = [words(f"schools.ownership_{o}").lower() for o in OWNERSHIPS]
    alt = (
        title
        + ". "
        + "; ".join(
            f"{n}: {decimal(t, lang)} ({ways[0]} {decimal(a, lang)}, {ways[1]} {decimal(b, lang)})"
            for n, t, a, b in rows
        )
    )
    return Chart(title, subtitle, figure.finished(), alt, table)


def _bars(
    values: list[float], names: list[str], texts: list[str], look: Look, line: tuple[float, str] | None = None
) -> Drawing:
    """Bars from zero, the first name on top, each with its text, and a dashed line with its label."""
    colours = look.palette
    top = max([*values, line[0] if line else 0]) or 1
    figure = Drawing(
        bar(
            x=values, y=names, orientation="h", marker={"color": colours.main}, text=texts,
            textposition=["inside" if v > top * 0.15 else "outside" for v in values], insidetextanchor="start", textangle=0,
            cliponaxis=False, hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    if line:
        figure.add_vline(x=line[0], line={"color": colours.target, "width": 1.5, "dash": "dash"})
        left = line[0] > top * 0.6
        figure.add_annotation(
            x=line[0], y=1, yref="paper", text=line[1], showarrow=False, xanchor="right" if left else "left", yanchor="bottom",
            font={"size": 12, "color": colours.target},
        )  # fmt: skip
    figure.update_xaxes(range=[0, top * 1.04], showticklabels=False, showgrid=False, showline=False, ticks="")
    figure.update_yaxes(showgrid=False, type="category", autorange="reversed")
    margin = {"l": 8, "r": 16, "t": 26 if line else 8, "b": 8}
    return styled(
        figure,
        colours,
        look.lang,
        height=(46 if line else 28) + 30 * max(len(values), 2),
        bargap=0.25,
        margin=margin,
    )


def _average(text: str, whole: bool, look: Look) -> str:
    """The label of an average: of the whole city, or of the places that a register covers."""
    return look.words("schools.average_city" if whole else "schools.average_known", value=text)


def level_ratio(frame: pd.DataFrame, ratio: str, whole_city: bool, basis: str, look: Look) -> Chart | None:
    """One average by level, a sum over a sum of the schools that gave both numbers; None where none did.

    ``whole_city`` says whether every ward is in the register.
    """
    words, lang = look.words, look.lang
    above, below = RATIOS[ratio]
    sums = frame[frame["level"].isin(COUNTED)].groupby("level")[[above, below]].sum(min_count=1)
    sums = sums[sums[below].fillna(0) > 0].dropna()
    sums = sums.reindex([level for level in COUNTED if level in sums.index])
    if sums.empty:
        return None
    values = sums[above] / sums[below]
    whole = sums[above].sum() / sums[below].sum()
    decimals = 0 if whole >= 100 else 1
    names = [_level(level, look) for level in values.index]
    texts = [decimal(v, lang, decimals) for v in values]
    name = words(f"schools.ratio_{ratio}")
    best = int(values.to_numpy().argmax())
    key = "schools.ratio_title" if len(values) > 1 else "schools.ratio_title_one"
    title = words(key, name=name, high=names[best].lower(), value=texts[best])
    subtitle = words("schools.ratio_subtitle", name=name, basis=basis)
    city = _average(decimal(whole, lang, decimals), whole_city, look)
    figure = _bars([float(v) for v in values], names, texts, look, (float(whole), city))
    table = pd.DataFrame({words("schools.level_column"): names, name: texts})
    alt = f"{title}. " + "; ".join(f"{n}: {t}" for n, t in zip(names, texts, strict=True)) + f"; {city}"
    return Chart(title, subtitle, figure.finished(), alt, table)


def places(areas: pd.DataFrame, kind: str, basis: str, look: Look, limit: int = 12) -> Chart:
    """Schools by place, public and non-public, the most first. ``kind``: unit, district or type."""
    words, lang = look.words, look.lang
    if kind == "type":
        every = [
            words(f"common.type_{key}") if words.has(f"common.type_{key}") else key
            for key in areas["area_key"]
        ]
    else:
        every = [words.pick(vi, en) for vi, en in zip(areas["name_vi"], areas["name_en"], strict=True)]
    shown = min(limit, len(areas)) if kind == "city" else len(areas)
    parts = {words(f"schools.ownership_{o}"): [int(v) for v in areas[o]] for o in OWNERSHIPS}
    counts = [decimal(n, lang) for n in areas["schools"]]
    title = words("schools.places_title", place=every[0], n=counts[0])
    if kind == "type":
        title = "; ".join(
            words("schools.places_title_type", place=p, n=n) for p, n in zip(every, counts, strict=True)
        )
    key = f"schools.places_subtitle_{kind}" + ("_all" if kind == "city" and shown == len(areas) else "")
    subtitle = words(key, basis=basis, shown=shown, all=len(areas))
    drawn = {part: values[:shown] for part, values in parts.items()}
    figure = _stacked(every[:shown], drawn, look, height=60 + (26 if shown > 4 else 40) * max(shown, 2))
    table = pd.DataFrame(
        {
            words("common.unit"): every,
            **parts,
            words("schools.total_column"): [int(n) for n in areas["schools"]],
        }
    )
    alt = (
        title
        + ". "
        + ", ".join(f"{n} {decimal(s, lang)}" for n, s in zip(every[:shown], areas["schools"], strict=False))
    )
    return Chart(title, subtitle, figure.finished(), alt, table)


def _picked(wards: pd.DataFrame, what: str, look: Look) -> list[str]:
    """Names of wards (``name``) or of their former districts (``district``) in the reader's language."""
    # As lists: text out of a column one by one takes ten times as long.
    both = zip(wards[f"{what}_vi"].tolist(), wards[f"{what}_en"].tolist(), strict=True)
    return [look.words.pick(vi, en) for vi, en in both]


def _supply_table(wards: pd.DataFrame, columns: dict[str, list[str]], look: Look) -> pd.DataFrame:
    words = look.words
    return pd.DataFrame(
        {
            words("common.unit"): _picked(wards, "name", look),
            words("common.former_district"): _picked(wards, "district", look),
            words("schools.population_column"): wards["population"],
            **columns,
        }
    )


def _people_of(wards: pd.DataFrame) -> str:
    return ", ".join(sorted({str(p) for p in wards["population_as_of"].dropna()}))


def few_preschools(wards: pd.DataFrame, basis: str, look: Look, limit: int = 12) -> Chart | None:
    """Wards with the most residents for each preschool; those with schools but no preschool come first.

    None where no ward can be worked out.
    """
    words, lang = look.words, look.lang
    known = wards[wards["schools"].notna() & wards["population"].notna()]
    if known.empty:
        return None
    order = known["residents_per_preschool"].fillna(math.inf)
    known = known.assign(order=order).sort_values(["order", "code"], ascending=[False, True])
    drawn = known.head(limit)
    without = int(known["residents_per_preschool"].isna().sum())
    texts = [
        words("schools.preschool_none") if pd.isna(v) else decimal(v, lang)
        for v in known["residents_per_preschool"]
    ]
    names = _picked(known, "name", look)
    if without:
        title = words("schools.preschool_title_none", n=without)
    else:
        title = words("schools.preschool_title", place=names[0], n=texts[0])
    subtitle = words(
        "schools.preschool_subtitle", shown=len(drawn), all=len(wards), year=_people_of(known), basis=basis
    )
    preschools = known["preschools"].sum()
    city = known["population"].sum() / preschools if preschools else None
    line = (float(city), _average(decimal(city, lang), len(known) == len(wards), look)) if city else None
    figure = _bars(
        [float(v) for v in drawn["residents_per_preschool"].fillna(0)],
        names[:limit],
        texts[:limit],
        look,
        line,
    )
    columns = {
        words("schools.preschools_column"): list(known["preschools"]),
        words("schools.preschool_column"): texts,
    }
    alt = _told(title, names[:limit], texts[:limit], line)
    table, notes = _supply_table(known, columns, look), _missing(wards, known, look)
    return Chart(title, subtitle, figure.finished(), alt, table, notes)


def few_pupils(wards: pd.DataFrame, basis: str, look: Look, limit: int = 12) -> Chart | None:
    """Wards with the fewest enrolled pupils per 1,000 residents; None where no ward can be worked out."""
    words, lang = look.words, look.lang
    known = wards[wards["pupils_per_1000"].notna()].sort_values(["pupils_per_1000", "code"])
    if known.empty:
        return None
    drawn = known.head(limit)
    texts = [decimal(v, lang) for v in known["pupils_per_1000"]]
    names = _picked(known, "name", look)
    title = words("schools.pupils_title", place=names[0], n=texts[0])
    subtitle = words(
        "schools.pupils_subtitle", shown=len(drawn), all=len(wards), year=_people_of(known), basis=basis
    )
    city = 1000 * known["pupils"].sum() / known["population"].sum()
    line = (float(city), _average(decimal(city, lang), len(known) == len(wards), look))
    figure = _bars([float(v) for v in drawn["pupils_per_1000"]], names[:limit], texts[:limit], look, line)
    columns = {
        words("schools.pupils_column"): list(known["pupils"]),
        words("schools.pupils_1000_column"): texts,
    }
    alt = _told(title, names[:limit], texts[:limit], line)
    table, notes = _supply_table(known, columns, look), _missing(wards, known, look)
    return Chart(title, subtitle, figure.finished(), alt, table, notes)


def _told(title: str, names: list[str], texts: list[str], line: tuple[float, str] | None) -> str:
    """A chart of wards in words: each bar, and the city's line where there is one."""
    bars = "; ".join(f"{n}: {t}" for n, t in zip(names, texts, strict=True))
    return f"{title}. {bars}" + (f"; {line[1]}" if line else "")


def _missing(wards: pd.DataFrame, known: pd.DataFrame, look: Look) -> tuple[str, ...]:
    lacking = len(wards) - len(known)
    return (look.words("schools.supply_missing", n=lacking),) if lacking else ()


def target_range(target: Target, look: Look) -> str:
    """A target of a rate as “80–85%”, or as one value."""
    low = percent(target.value, look.lang, 0)
    if target.value_max is None:
        return low
    return f"{low.rstrip('%')}–{percent(target.value_max, look.lang, 0)}"


def standard_trend(
    series: list[Figure], all_schools: list[Figure], targets: list[Target], register: str, look: Look
) -> Chart | None:
    """The share of public schools at the national standard, with the city's target ranges; None without any figure.

    ``all_schools`` has another denominator: it is named in a note and never drawn here. Raises MixedBases.
    """
    colours, words, lang = look.palette, look.words, look.lang
    dated = [f for f in series if f.value is not None and f.date_basis != "undated"]
    if not dated:
        return None
    one_basis(dated, [t.indicator_id for t in targets])
    real = [f for f in dated if f.status != "illustrative"]
    last = (real or dated)[-1]
    said = _rate(last, look)
    said = said[:1].upper() + said[1:]
    title = words("schools.standard_title_plain", value=said)
    if targets:
        ahead = [t for t in targets if t.year >= last.period_end.year] or targets[-1:]
        title = words(
            "schools.standard_title", value=said, year=ahead[0].year, goal=target_range(ahead[0], look)
        )
    subtitle = (
        words("schools.standard_subtitle", register=register)
        if register
        else words("schools.standard_subtitle_plain")
    )
    figure = Drawing()
    for target in targets:
        day = dt.date(target.year, 12, 31)
        top = target.value_max if target.value_max is not None else target.value
        figure.add_trace(
            scatter(
                x=[day, day], y=[100 * target.value, 100 * top], mode="lines+markers", line={"color": colours.target, "width": 5},
                marker={"symbol": "line-ew", "size": 14, "line": {"width": 2, "color": colours.target}}, cliponaxis=False,
                hovertemplate=words("common.target_label", year=target.year, value=target_range(target, look)) + "<extra></extra>",
            )
        )  # fmt: skip
        figure.add_annotation(
            x=day, y=100 * top, text=words("common.target_label", year=target.year, value=target_range(target, look)), showarrow=False,
            yanchor="bottom", yshift=8, xanchor="center" if target is not targets[-1] else "right", font={"size": 12, "color": colours.target},
        )  # fmt: skip
    colour = colours.main
    for status, symbol in (("illustrative", "circle-open"), ("reported", "circle"), ("published", "diamond")):
        part = [f for f in dated if f.status == status]
        figure.add_trace(
            scatter(
                x=[f.period_end for f in part], y=[100 * (f.value or 0) for f in part], mode="markers+text", cliponaxis=False,
                marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
                text=[_rate(f, look) for f in part], textposition=["bottom left" if f is last else "bottom right" for f in part], textfont={"size": 12, "color": colours.ink},
                customdata=[[when(f, look), _rate(f, look)] for f in part],
                hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + words(f"common.mark_{status}") + "</extra>",
            )
        )  # fmt: skip
    days = [f.period_end for f in dated] + [dt.date(t.year, 12, 31) for t in targets]
    low = 50 if min(100 * (f.value or 0) for f in dated) > 55 else 0
    ticks = list(range(low, 101, 10 if low else 25))
    figure.update_yaxes(range=[low, 101], tickvals=ticks, ticktext=[f"{t}%" for t in ticks])
    span = (min(days) - dt.timedelta(days=700), max(days) + dt.timedelta(days=200))
    figure.update_xaxes(range=span, dtick="M24", tickformat="%Y", showgrid=False)
    styled(figure, colours, lang, height=340)
    mark_reform(figure, look, *span)
    table = pd.DataFrame(
        {
            words("common.date"): [when(f, look) for f in dated]
            + [words("common.target_label", year=t.year, value="").rstrip(": ") for t in targets],
            words("common.rate"): [_rate(f, look) for f in dated] + [target_range(t, look) for t in targets],
            words("common.status_column"): [words(f"common.mark_{f.status}") for f in dated]
            + [t.document_no or "" for t in targets],
        }
    )
    alt = (
        title
        + ". "
        + "; ".join(f"{when(f, look)}: {_rate(f, look)} ({words('common.mark_' + f.status)})" for f in dated)
    )
    aside = [
        f"{_rate(f, look)}, {when(f, look)}"
        for f in all_schools
        if f.status == "published" and f.value is not None
    ]
    notes = [words("schools.standard_note", values="; ".join(aside))] if aside else []
    notes += reform_note(look, *span, "totals")
    return Chart(title, subtitle, figure.finished(), alt, table, tuple(notes))


def _rate(figure: Figure, look: Look) -> str:
    value = figure.value or 0
    whole = round(100 * value, 6).is_integer()
    return limited(percent(value, look.lang, 0 if whole else 1), figure.qualifier, look)


def quality(frame: pd.DataFrame, what: str, target: Target | None, basis: str, look: Look) -> Chart | None:
    """The share of schools by level that meet the standard (public ones) or apply the happy-school model (all).

    Schools that say nothing are not in the denominator. None where none says anything.
    """
    words, lang = look.words, look.lang
    counted = frame[frame["level"].isin(COUNTED)]
    if what == "standard":
        counted = counted[counted["ownership"] == "public"]
    sums = counted.groupby("level")[[what, f"{what}_known"]].sum()
    sums = sums[sums[f"{what}_known"] > 0]
    sums = sums.reindex([level for level in COUNTED if level in sums.index])
    if sums.empty:
        return None
    values = sums[what] / sums[f"{what}_known"]
    names = [_level(level, look) for level in values.index]
    texts = [percent(v, lang) for v in values]
    best, least = int(values.to_numpy().argmax()), int(values.to_numpy().argmin())
    if len(values) > 1:
        title = words(
            f"schools.quality_title_{what}",
            high=names[best].lower(),
            value=texts[best],
            low=names[least].lower(),
            least=texts[least],
        )
    else:
        title = words("schools.quality_title_one", name=words(f"schools.quality_{what}"), value=texts[0])
    subtitle = words(f"schools.quality_subtitle_{what}", basis=basis)
    line = None
    if target is not None and what == "standard":
        line = (
            100 * target.value,
            words("common.target_label", year=target.year, value=target_range(target, look)),
        )
    figure = _bars([100 * float(v) for v in values], names, texts, look, line)
    figure.update_xaxes(range=[0, 104])
    table = pd.DataFrame(
        {
            words("schools.level_column"): names,
            words("schools.quality_yes"): [int(v) for v in sums[what]],
            words("schools.quality_known"): [int(v) for v in sums[f"{what}_known"]],
            words("common.rate"): texts,
        }
    )
    alt = (
        title
        + ". "
        + "; ".join(f"{n}: {t}" for n, t in zip(names, texts, strict=True))
        + (f"; {line[1]}" if line else "")
    )
    return Chart(title, subtitle, figure.finished(), alt, table)
