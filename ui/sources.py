"""The panels of the page on sources: credits, bibliography, catalogue, contradictions, gaps, build."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import streamlit as st

from i18n import Lang, decimal, month_or_day, short_date
from queries import sources as rows
from queries import status
from queries.catalogue import Source
from queries.sources import PAGE_SIZE, Contradiction, ListedSource, PlanTask, RefusedRow
from queries.warehouse import Warehouse
from ui import address
from ui.cached import panel
from ui.context import View
from ui.frames import show_empty
from ui.provenance import escaped, source_words
from ui.shell import HANOI

SECTIONS = ("method", "sources", "contradictions", "gaps", "build")
TEXT_WIDTH = 760
REFUSED_SHOWN = 50

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d+")
_QUALIFIERS = ("hơn", "gần", "khoảng", "ít nhất")
_QUALIFIER_CODES = ("over", "nearly", "about", "at_least")


@st.cache_resource(show_spinner=False, max_entries=2)
def _all_sources(build_id: str, _found: Warehouse) -> Sequence[ListedSource]:
    return tuple(rows.listed_sources(_found))


def all_sources(view: View, found: Warehouse) -> Sequence[ListedSource]:
    """Every source with what uses it, asked once a build."""
    return _all_sources(view.build_id, found)


def page_number(name: str, matching: int, view: View, size: int = PAGE_SIZE) -> int:
    """Which page of a longer list the reader wants; no control where one page holds everything."""
    pages = rows.part(range(matching), 1, size).pages
    if pages == 1:
        return 1
    words = view.words
    numbers = tuple(str(n) for n in range(1, pages + 1))
    return int(
        address.choose(
            name,
            words("sources.choose_page"),
            numbers,
            lambda n: words("sources.page_of", number=n, pages=pages),
            width=150,
        )
    )


def title_words(source: Source | None, view: View) -> str:
    """A source as a link, with our own words where the source has no title in the reader's language."""
    key = f"sources.title_{source.source_id}" if source else ""
    if source is None or not view.words.has(key):
        return source_words(source, view)
    title = escaped(view.words(key))
    return f"[{title}]({source.url})" if source.url else title


def publisher_words(source: Source, view: View) -> str:
    """Who published a source, unless its title already begins with that."""
    key = f"sources.publisher_{source.source_id}"
    if view.words.has(key):
        return view.words(key)
    return (
        escaped(source.publisher)
        if source.publisher and not source.title.startswith(source.publisher)
        else ""
    )


def table_words(table: str, title: tuple[str, str], view: View) -> str:
    """A table's title as its contract has it, or our shorter one."""
    key = f"sources.table_{table}"
    return view.words(key) if view.words.has(key) else view.words.pick(*title)


def licence_words(licence: str, view: View) -> str:
    """A licence in the reader's language; as it was recorded where we have no words for it."""
    key = "sources.licence_" + re.sub(r"[^a-z0-9]+", "_", licence.lower()).strip("_")
    return view.words(key) if view.words.has(key) else escaped(licence)


def printed(text: str, lang: Lang) -> str:
    """A value as printed in a Vietnamese source, in the reader's way: “hơn 1.420.000; 67,5%” → “over 1,420,000; 67.5%”."""
    if lang == "vi":
        return text
    text = _NUMBER.sub(lambda found: found[0].translate(str.maketrans(".,", ",.")), text)
    for word, code in zip(_QUALIFIERS, _QUALIFIER_CODES, strict=True):
        text = re.sub(rf"\b{word}\b", code.replace("_", " "), text)
    return text


def _cell(text: str) -> str:
    """Text made safe for a cell of a Markdown table."""
    return escaped(text).replace("|", "\\|").replace("\n", " ")


def none_found(view: View, sought: str) -> None:
    st.warning(view.words("sources.none_found", text=escaped(sought)), icon=":material/search_off:")


# ---- Sources -----------------------------------------------------------------------------------------------------


def _credit(source: Source, view: View) -> str:
    publisher = publisher_words(source, view)
    return f"{title_words(source, view)} ({publisher})" if publisher else title_words(source, view)


@panel
def credits_panel(view: View, _found: Warehouse) -> None:
    """Who has to be credited, by licence."""
    granted = rows.licences(_found)
    words = view.words
    st.markdown("## " + words("sources.credits_title"))
    if not granted:
        show_empty(view, body=words("sources.empty_reference"))
        return
    st.markdown(words("sources.credits_text"), width=TEXT_WIDTH)
    st.markdown(
        "\n".join(
            f"- **{licence_words(licence, view)}**: {'; '.join(_credit(s, view) for s in owners)}"
            for licence, owners in granted
        ),
        width=TEXT_WIDTH,
    )
    st.markdown("## " + words("sources.list_title"))
    st.markdown(words("sources.list_text"), width=TEXT_WIDTH)


def _use_words(entry: ListedSource, view: View) -> str:
    words = view.words
    told = f"sources.used_for_{entry.source.source_id}"
    parts = [
        words(
            "sources.use_rows",
            table=table_words(use.table, (use.title_vi, use.title_en), view),
            rows=decimal(use.rows, view.lang),
        )
        for use in entry.uses
    ]
    if words.has(told):
        parts.append(words(told))
    if parts:
        return words("sources.used_by", uses="; ".join(parts))
    return f":orange[:material/link_off:] {words('sources.used_by_none')}"


def _read_words(month: str | None, view: View) -> str:
    if not month or not re.fullmatch(r"\d{4}-\d{2}", month):
        return ""
    day = dt.date(int(month[:4]), int(month[5:]), 1)
    return view.words("sources.read_in", month=month_or_day(day, "month", view.lang))


def _entry(entry: ListedSource, view: View) -> str:
    source = entry.source
    about = [
        publisher_words(source, view),
        licence_words(source.licence, view) if source.licence else "",
        _read_words(entry.retrieved_on, view),
    ]
    details = " · ".join(part for part in about if part)
    lines = [
        title_words(source, view),
        f":small[{details}]" if details else "",
        f":small[{_use_words(entry, view)}]",
    ]
    return "  \n".join(line for line in lines if line)


@panel
def sources_panel(view: View, _found: Warehouse, sought: str, kind: str, use: str, number: int) -> None:
    """One page of the bibliography: each source with its link, kind, licence and what uses it."""
    words, listed = view.words, all_sources(view, _found)
    if not listed:
        show_empty(view, body=words("sources.empty_reference"))
        return
    shown = rows.part(rows.sources_found(listed, sought, kind, use), number)
    if not shown.rows:
        none_found(view, sought)
        return
    unused = sum(not entry.uses for entry in listed)
    st.caption(
        words(
            "sources.list_count",
            matching=decimal(shown.matching, view.lang),
            all=decimal(len(listed), view.lang),
            unused=decimal(unused, view.lang),
            first=decimal((shown.number - 1) * PAGE_SIZE + 1, view.lang),
            last=decimal((shown.number - 1) * PAGE_SIZE + len(shown.rows), view.lang),
        )
    )
    for entry_kind, entries in groupby(shown.rows, key=lambda entry: entry.source.kind):
        st.markdown("### " + words(f"sources.kind_{entry_kind}"))
        st.markdown("\n\n".join(_entry(entry, view) for entry in entries), width=TEXT_WIDTH + 120)


# ---- Contradictions ----------------------------------------------------------------------------------------------


def _contradiction(contradiction: Contradiction, view: View) -> None:
    words = view.words
    with st.container(border=True):
        st.markdown("### " + escaped(words.pick(contradiction.subject_vi, contradiction.subject_en)))
        for column, statement in zip(
            st.columns(len(contradiction.statements), gap="medium"), contradiction.statements, strict=True
        ):
            value = escaped(printed(statement.value_text, view.lang)) if statement.value_text else "–"
            column.markdown(
                f"**{value}**  \n{escaped(words.pick(statement.statement_vi, statement.statement_en))}  \n"
                f":small[{title_words(statement.source, view)}]"
            )
        reading = escaped(words.pick(contradiction.reading_vi, contradiction.reading_en))
        st.markdown(
            f":material/subdirectory_arrow_right: **{words('sources.reading')}**: {reading}",
            width=TEXT_WIDTH + 120,
        )


@panel
def contradictions_panel(view: View, _found: Warehouse, sought: str) -> None:
    """Statements that disagree, side by side, and below how this product reads them."""
    words = view.words
    st.markdown("## " + words("sources.contradictions_title"))
    listed = rows.contradictions(_found)
    if not listed:
        show_empty(view, body=words("sources.empty_reference"))
        return
    shown = rows.contradictions_found(listed, sought)
    if not shown:
        none_found(view, sought)
        return
    st.caption(
        words(
            "sources.contradiction_count",
            shown=decimal(len(shown), view.lang),
            all=decimal(len(listed), view.lang),
        )
    )
    for contradiction in shown:
        _contradiction(contradiction, view)


# ---- Gaps --------------------------------------------------------------------------------------------------------


def _measured_words(task: PlanTask, view: View) -> str:
    words = view.words
    if task.indicator_vi is None:
        gap = _cell(words.pick(task.gap_vi, task.gap_en))
        return f":red[:material/cancel:] **{words('sources.task_gap')}**: {gap}"
    name = _cell(words.pick(task.indicator_vi, task.indicator_en))
    if task.real:
        return f":green[:material/check_circle:] **{words('sources.task_real')}**: {name}"
    if task.illustrative:
        return f":orange[:material/science:] **{words('sources.task_illustrative')}**: {name}"
    return f":orange[:material/hourglass_empty:] **{words('sources.task_no_figure')}**: {name}"


@panel
def plan_panel(view: View, _found: Warehouse) -> None:
    """Every task of the plan with the indicator that measures it, or what is missing."""
    words = view.words
    tasks = rows.plan_tasks(_found)
    st.markdown("## " + words("sources.plan_title"))
    if not tasks:
        show_empty(view, body=words("sources.empty_reference"))
        return
    st.markdown(
        words(
            "sources.plan_text",
            all=len(tasks),
            real=sum(bool(t.real) for t in tasks),
            waiting=sum(t.indicator_vi is not None and not t.real for t in tasks),
            gaps=sum(t.indicator_vi is None for t in tasks),
        ),
        width=TEXT_WIDTH,
    )
    head = f"| {words('sources.plan_number')} | {words('sources.plan_task')} | {words('sources.plan_measured')} |\n|---:|:---|:---|\n"
    st.markdown(
        head
        + "\n".join(
            f"| {t.position} | {_cell(words.pick(t.task_vi, t.task_en))} | {_measured_words(t, view)} |"
            for t in tasks
        )
    )


@panel
def gaps_panel(view: View, _found: Warehouse) -> None:
    """What is not measured or was not found, by theme."""
    words = view.words
    gaps = rows.data_gaps(_found)
    st.markdown("## " + words("sources.gaps_title"))
    if not gaps:
        show_empty(view, body=words("sources.empty_reference"))
        return
    st.markdown(words("sources.gaps_text", n=len(gaps)), width=TEXT_WIDTH)
    for theme, of_theme in groupby(gaps, key=lambda gap: gap.theme):
        st.markdown("### " + words(f"sources.theme_{theme}"))
        st.markdown(
            "\n".join(
                f"- **{escaped(words.pick(g.subject_vi, g.subject_en))}**. {escaped(words.pick(g.detail_vi, g.detail_en))}"
                for g in of_theme
            ),
            width=TEXT_WIDTH,
        )


# ---- Build -------------------------------------------------------------------------------------------------------


def _refused(row: RefusedRow, view: View) -> str:
    words = view.words
    column = words.pick(row.column_vi, row.column_en) or row.column_name
    place = words("sources.refused_line", line=decimal(row.line, view.lang))
    if column:
        place += ", " + words("sources.refused_column", column=escaped(column))
    value = f" {words('sources.refused_value', value=escaped(row.value))}" if row.value else ""
    return f"- {place}: {escaped(words.pick(row.reason_vi, row.reason_en))}{value}"


def _files_table(view: View, found: Warehouse) -> pd.DataFrame:
    words = view.words
    files = status.build_files(found)
    titles = rows.table_titles(found)
    return pd.DataFrame(
        {
            words("sources.file"): files["file"],
            words("sources.file_table"): [
                table_words(t, titles.get(t, (t, t)), view) for t in files["table_name"]
            ],
            words("sources.file_status"): [words(f"sources.status_{s}") for s in files["status"]],
            words("sources.rows_in"): files["rows_in"],
            words("sources.rows_kept"): files["rows_kept"],
            words("sources.rows_rejected"): files["rows_rejected"],
            words("sources.rows_duplicate"): files["rows_duplicate"],
            "SHA-256": files["sha256"],
        }
    )


@panel
def build_panel(view: View, _found: Warehouse) -> None:
    """Which build is on screen, from which files, and which rows were refused and why."""
    words, lang = view.words, view.lang
    build = status.build_summary(_found)
    local = _found.built_at.astimezone(HANOI)
    st.markdown("## " + words("sources.build_title"))
    st.markdown(
        words(
            "sources.build_text",
            build=build["build_id"],
            time=f"{local:%H:%M}",
            day=short_date(local.date(), lang),
            files=decimal(build["files"], lang),
        ),
        width=TEXT_WIDTH,
    )
    with st.container(horizontal=True):
        for sign, part in (("", "in"), ("= ", "kept"), ("+ ", "rejected"), ("+ ", "duplicate")):
            st.metric(
                sign + words(f"sources.rows_{part}"),
                decimal(build[f"rows_{part}"], lang),
                border=True,
                width=180,
            )
    st.markdown(words("sources.build_rows"), width=TEXT_WIDTH)

    st.markdown("## " + words("sources.refused_title"))
    refused = rows.refused_rows(_found, REFUSED_SHOWN)
    if not refused:
        st.markdown(f":green[:material/check_circle:] {words('sources.refused_none')}")
    else:
        st.markdown(words("sources.refused_text", n=decimal(build["rows_rejected"], lang)), width=TEXT_WIDTH)
        for file, of_file in groupby(refused, key=lambda row: row.file):
            st.markdown(
                f"**`{file}`**\n\n" + "\n".join(_refused(row, view) for row in of_file), width=TEXT_WIDTH
            )
        if len(refused) == REFUSED_SHOWN:
            st.caption(words("sources.refused_more", n=REFUSED_SHOWN))

    st.markdown("## " + words("sources.files_title"))
    st.markdown(words("sources.files_text"), width=TEXT_WIDTH)
    st.dataframe(_files_table(view, _found), hide_index=True, alt=words("sources.files_title"))
