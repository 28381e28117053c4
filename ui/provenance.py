"""Status marks and the popover beside every figure: definition, basis, source, date, status, coverage."""

from __future__ import annotations

import streamlit as st

from i18n import decimal, in_short, percent, percent_as_given, period_as_worded, short_date
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
    if kind == "rate":
        text = percent_as_given(value, view.lang) if status == "published" else percent(value, view.lang)
    else:
        text = in_short(value, view.lang)
    return f"{view.words('common.qualifier_' + qualifier)} {text}" if qualifier else text


def date_words(figure: Figure, view: View) -> str:
    """When a figure is of: a period in words, or a day."""
    return period_as_worded(figure.period_label, figure.period_start, figure.period_end, view.lang)


def coverage_words(figure: Figure, view: View) -> str:
    """How much of the city is in a figure."""
    words = view.words
    if figure.units_reporting is None:
        return words("common.coverage_published")
    return words(
        "common.coverage_units",
        reporting=decimal(figure.units_reporting, view.lang),
        expected=decimal(figure.units_expected, view.lang),
        level=words(f"common.level_{figure.reporting_level}"),
        share=percent(figure.population_share, view.lang, 0),
    )


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
        f"**{words('common.prov_definition')}**: {words.pick(indicator.definition_vi, indicator.definition_en)}"
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


def provenance(figure: Figure, indicator: Indicator, source: Source | None, view: View) -> None:
    """The popover of a figure. One element of text: every element costs each reader's rerun."""
    with st.popover(view.words("common.source_button"), icon=":material/info:", type="tertiary"):
        st.markdown("\n\n".join(provenance_lines(figure, indicator, source, view)))
