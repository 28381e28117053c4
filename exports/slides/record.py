"""Slides about what is on record: the network of learning cities, schools, and the sources of all figures."""

from __future__ import annotations

from charts.vector import Bar
from exports.slides.ask import Ask
from exports.slides.city import card, today
from exports.slides.model import Grid, Headline, Slide
from i18n import decimal, month_or_day, short_date
from queries import figures, network, schools, sources, status

MILESTONES_SHOWN = 5
SOURCES_SHOWN = 6
FIGURES = "observation"
"""The table whose rows are figures."""
SCHOOL_CARDS = ("school.count", "school.pupils", "school.teachers")


def network_slide(ask: Ask) -> Slide:
    """The size of the network, Hà Nội's way into it and the next duty of a member."""
    words, lang = ask.words, ask.lang
    total, events = network.latest_total(ask.w), network.milestones(ask.w)
    home = [
        m for m in events if m.scope == "hanoi" and m.date_precision == "day" and m.happened_on <= today(ask)
    ][-MILESTONES_SHOWN:]
    days = {m.milestone_id: m.happened_on for m in events}
    announced = days.get(network.ADMITTED)
    title = words("presentation.network_title_plain")
    if announced:
        title = words("presentation.network_title", day=short_date(announced, lang))
    large = []
    if total is not None:
        day = short_date(total.observed_on, lang)
        mark = {"status": "published", "mark": ask.mark("published")}
        for label, value in (("network_members", total.members), ("network_countries", total.countries)):
            if value is not None:
                text = decimal(value, lang)
                large.append(Headline(words(f"presentation.{label}"), text, float(value), detail=day, **mark))
    due = [
        d for d in network.duties(ask.w)
        if d.kind == "duty" and d.timing != "done" and d.due_on and d.due_on >= today(ask)
    ]  # fmt: skip
    note = ""
    if due:
        first = min(due, key=lambda d: d.due_on or today(ask))
        duty = ask.pick(first.title_vi, first.title_en)
        note = words("presentation.next_duty", duty=duty, day=short_date(first.due_on, lang))
    used = [m.source.source_id for m in home] + ([total.source.source_id] if total else [])
    rows = tuple(
        (month_or_day(m.happened_on, m.date_precision, lang), ask.pick(m.title_vi, m.title_en)) for m in home
    )
    return Slide(
        kind="network",
        title=ask.heading(title),
        subtitle=words("presentation.network_subtitle"),
        figures=tuple(large),
        table=Grid((words("common.date"), words("presentation.milestone")), rows) if rows else None,
        note=note,
        sources=ask.sources(used),
        statuses=ask.marks(["published"] if large else []),
        address=ask.page("mang-luoi"),
    )


def schools_slide(ask: Ask) -> Slide:
    """Published totals of schools, pupils and teachers, and the register by level of schooling."""
    words, lang = ask.words, ask.lang
    shown = ask.indicators(SCHOOL_CARDS)
    large, used, codes = [], [], []
    for indicator in shown:
        series = figures.city_series(ask.w, indicator.indicator_id, ask.statuses)
        best = figures.best(series, ask.until) or figures.best(series)
        if best is not None:
            large.append(card(ask, indicator, best))
            used.append(best.source_id)
            codes.append(best.status)
    register = schools.register(ask.w, ask.statuses, ask.until)
    levels = schools.by_level(ask.w, register) if register else None
    bars: tuple[Bar, ...] = ()
    note = words("common.empty_reports")
    if register is not None and levels is not None:
        counted = levels.groupby("level", sort=False)["schools"].sum()
        bars = tuple(
            Bar(words(f"schools.level_{level}"), float(n))
            for level, n in counted.items()
            if level in schools.COUNTED
        )
        used.append("sample-generator" if register.status == "illustrative" else "office-reports")
        codes.append(register.status)
        day, mark = short_date(register.as_of, lang), ask.mark(register.status)
        note = words("presentation.register_note", day=day, mark=mark, n=decimal(register.schools, lang))
    title = words("presentation.schools_title_plain")
    if large:
        title = words("presentation.schools_title", n=large[0].text)
    rows = tuple((bar.name, decimal(bar.value, lang)) for bar in bars)
    return Slide(
        kind="schools",
        title=ask.heading(title),
        subtitle=words("presentation.schools_subtitle"),
        figures=tuple(large),
        bars=bars,
        percent=False,
        table=Grid((words("presentation.level"), words("presentation.schools")), rows) if rows else None,
        note=note,
        sources=ask.sources(used),
        statuses=ask.marks(codes),
        definitions=tuple(ask.definition(indicator) for indicator in shown),
        address=ask.page("truong-hoc"),
    )


def sources_slide(ask: Ask) -> Slide:
    """How many sources there are and of which kinds the figures are, with the sources that give most figures."""
    words, lang = ask.words, ask.lang
    listed = sources.listed_sources(ask.w)
    documents = [s for s in listed if s.source.kind not in ("sample", "report")]
    build = status.build_summary(ask.w)
    gave = [(s.source, sum(u.rows for u in s.uses if u.table == FIGURES)) for s in documents]
    most = sorted((g for g in gave if g[1]), key=lambda g: (-g[1], g[0].source_id))[:SOURCES_SHOWN]
    rows = tuple((source.title, decimal(n, lang)) for source, n in most)
    count = {
        "sources_documents": len(documents),
        "sources_rows": build.get("rows_kept"),
        "sources_refused": build.get("rows_rejected"),
    }
    codes = [code for code in status.build_files(ask.w)["status"].dropna() if code in ask.statuses]
    return Slide(
        kind="sources",
        title=ask.heading(words("presentation.sources_title")),
        subtitle=words(
            "presentation.sources_subtitle", build=ask.w.build_id, day=short_date(today(ask), lang)
        ),
        figures=tuple(
            Headline(words(f"presentation.{key}"), decimal(n, lang), None if n is None else float(n))
            for key, n in count.items()
        ),
        table=Grid((words("common.source"), words("presentation.rows")), rows) if rows else None,
        statuses=ask.marks(codes),
        address=ask.page("nguon"),
    )
