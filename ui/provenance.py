"""Status marks, and what stands behind every figure: definition, basis, source, date, status, coverage."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import told
from i18n import short_date
from queries.catalogue import Indicator, Source
from queries.figures import Figure
from ui.context import View

ICONS = {
    "published": ":material/verified:",
    "reported": ":material/description:",
    "illustrative": ":material/science:",
    "apportioned": ":material/call_split:",
}
COLOURS = {"published": "green", "reported": "blue", "illustrative": "orange", "apportioned": "gray"}


def status_words(status: str, view: View) -> str:
    """The status of a figure as icon and word, in Markdown."""
    return f":{COLOURS[status]}-badge[{ICONS[status]} {view.words(f'common.mark_{status}')}]"


def status_mark(status: str, view: View) -> None:
    """The status of a figure as icon and word."""
    st.badge(
        view.words(f"common.mark_{status}"),
        icon=ICONS[status],
        color=COLOURS[status],  # type: ignore[arg-type]
        help=view.words(f"common.mark_{status}_help"),
    )


def value_words(value: float | None, kind: str, status: str, qualifier: str | None, view: View) -> str:
    """A value as text, a published one with the digits and the limiting word of its source: “hơn 42%”."""
    return told.value_words(value, kind, status, qualifier, view.words)


def date_words(figure: Figure, view: View) -> str:
    """When a figure is of: a period in words, or a day."""
    return told.date_words(figure, view.lang)


def coverage_words(figure: Figure, view: View) -> str:
    """How much of the city is in a figure."""
    return told.coverage_words(figure, view.words) or view.words("common.coverage_published")


def source_words(source: Source | None, view: View) -> str:
    """A source as a line of Markdown, with its address as a link where it has one."""
    words = view.words
    if source is None:
        return "–"
    if source.kind == "sample":
        return words("common.source_sample")
    if source.kind == "report":
        return words("common.source_reports")
    title = escaped(source.title)
    number = f" ({escaped(source.document_no)})" if source.document_no else ""
    day = f", {short_date(source.published_on, view.lang)}" if source.published_on else ""
    return f"[{title}]({source.url}){number}{day}" if source.url else f"{title}{number}{day}"


def escaped(text: str) -> str:
    """Text from data made safe for Markdown."""
    for sign in "\\`*_[]<>$~":
        text = text.replace(sign, "\\" + sign)
    return text


def provenance_lines(figure: Figure, indicator: Indicator, source: Source | None, view: View) -> list[str]:
    """What there is to know of a figure, one line of Markdown each."""
    words = view.words
    lines = [
        f"**{words('common.prov_definition')}**: {escaped(words.pick(indicator.definition_vi, indicator.definition_en))}"
    ]
    if indicator.kind == "rate" and figure.basis:
        basis = words(
            f"common.basis_{figure.basis}" if figure.basis != "not_stated" else "common.basis_not_stated"
        )
        evidence = f" ({words(f'common.evidence_{figure.basis_evidence}')})" if figure.basis_evidence else ""
        lines.append(f"**{words('common.prov_basis')}**: {basis}{evidence}")
    mark, explanation = words(f"common.mark_{figure.status}"), words(f"common.mark_{figure.status}_help")
    lines.append(f"**{words('common.prov_status')}**: {mark} – {explanation}")
    lines.append(
        f"**{words('common.prov_date')}**: {date_words(figure, view)} ({words(f'common.date_{figure.date_basis}')})"
    )
    lines.append(f"**{words('common.prov_coverage')}**: {coverage_words(figure, view)}")
    lines.append(f"**{words('common.prov_source')}**: {source_words(source, view)}")
    note = words.pick(figure.note_vi, figure.note_en)
    if note:
        lines.append(f"**{words('common.prov_note')}**: {escaped(note)}")
    caveat = words.pick(indicator.caveat_vi, indicator.caveat_en)
    if caveat:
        lines.append(f"**{words('common.prov_caveat')}**: {escaped(caveat)}")
    return lines


def provenance(figure: Figure, indicator: Indicator, source: Source | None, view: View) -> str:
    """What there is to know of a figure, to open on demand on a card."""
    return more(view.words("common.source_button"), provenance_lines(figure, indicator, source, view))


def more(summary: str, lines: Sequence[str]) -> str:
    """Lines of Markdown that open on demand, in Markdown with HTML."""
    head = f'<details class="c-more"><summary>\n\n:material/info: {summary}'
    return "\n\n".join([head, "</summary>\n<div>", *lines, "</div>\n</details>"])
