"""Figures in the words of a document: value, date, status, gap to a target, source. The same words as on the screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd

from charts.pace import SIGNS
from charts.told import coverage_words, date_words, gap_words, value_words
from exports.reports.blocks import Block, Document, marked
from i18n import (
    Lang,
    Words,
    period_name,
    short_date,
    words_in,
)
from queries.catalogue import Source, sources
from queries.figures import STATUS_CHOICES, Figure, Period, periods, reform_day
from queries.gaps import Gap
from queries.pace import Standing
from queries.warehouse import Warehouse

STATUSES = STATUS_CHOICES["all"]
HEADLINE = "recognised_of_total"
MODEL = "family"
"""The title that charts and maps are drawn for: the one most people are in."""
FAMILY = f"model.{MODEL}.{HEADLINE}"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
STATUS_SIGNS = {"published": "✓", "reported": "●", "illustrative": "○", "apportioned": ""}


@dataclass(frozen=True)
class Teller:
    """A build, the reader's language, and the period a document is of (None where no office has reported)."""

    w: Warehouse
    lang: Lang
    period: Period | None

    @property
    def words(self) -> Words:
        """The words in the reader's language."""
        return words_in(self.lang)

    @property
    def end(self) -> dt.date | None:
        """The last day of the period."""
        return self.period.end if self.period else None

    @property
    def period_words(self) -> str:
        """The period in words."""
        if self.period is None:
            return self.words("common.no_period")
        return period_name(self.period.start, self.period.end, self.lang)

    def mark(self, status: str) -> Block:
        """The status of a figure as sign and word."""
        return marked(status, self.mark_words(status))

    def mark_words(self, status: str) -> str:
        """The same as text."""
        return f"{STATUS_SIGNS[status]} {self.words(f'common.mark_{status}')}".strip()

    def value(self, figure: Figure, kind: str) -> str:
        """A value, a published one with its source's digits and limiting word."""
        return value_words(figure.value, kind, figure.status, figure.qualifier, self.words)

    def date(self, figure: Figure) -> str:
        """When a figure is of."""
        return date_words(figure, self.lang)

    def coverage(self, figure: Figure) -> str:
        """How much of the city is in a sum; empty for a figure that was published as such."""
        return coverage_words(figure, self.words)

    def gap(self, gap: Gap, counted: str) -> str:
        """One target and how far it is."""
        return gap_words(gap, self.words, counted)

    def standing(self, standing: Standing) -> str:
        """Where something stands on its way to a target, as sign and word."""
        return f"{SIGNS[standing]} {self.words(f'pace.standing_{standing}')}"

    def source(self, source: Source | None, *, short: bool = False) -> str:
        """A source as one line, ``short`` without publisher and address."""
        if source is None:
            return "–"
        if source.kind in ("sample", "report"):
            return self.words("common.source_sample" if source.kind == "sample" else "common.source_reports")
        day = short_date(source.published_on, self.lang) if source.published_on else ""
        told = (
            source.title,
            source.document_no,
            "" if short else source.publisher,
            day,
            "" if short else source.url,
        )
        return " · ".join(part for part in told if part)

    def sources(self, ids: Iterable[str | None], *, short: bool = False) -> list[str]:
        """Some sources in the order given, each once."""
        known = sources(self.w)
        return list(
            dict.fromkeys(self.source(known[i], short=short) for i in dict.fromkeys(ids) if i and i in known)
        )

    def document(self, title: str, header: str, blocks: Iterable[Block]) -> Document:
        """A document of this build."""
        made = self.w.built_at.astimezone(HANOI).date()
        return Document(
            title=title,
            lang=self.lang,
            day=made.isoformat(),
            product=self.words("common.product"),
            header=header,
            footer=self.words("reports.footer", build=self.w.build_id, day=short_date(made, self.lang)),
            page=self.words("reports.page"),
            blocks=tuple(blocks),
        )


def teller(w: Warehouse, lang: Lang, period: Period | None = None) -> Teller:
    """What a document is told by; the latest period where none is given."""
    return Teller(w, lang, period or next(iter(periods(w)), None))


def first_large(text: str) -> str:
    """A text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def status_of(units: pd.DataFrame | None) -> str | None:
    """The status of the figures of units at one period; None where none reported."""
    found = [] if units is None else list(units["status"].dropna())
    return str(found[0]) if found else None


def mark_of(told: Teller, status: str | None) -> str:
    """A status as sign and word; that there is no report where there is none."""
    return told.mark_words(status) if status else told.words("common.not_reported")


def level_of(told: Teller) -> str:
    """Who reports for the period: districts until mid-2025, then wards."""
    return "district" if told.end and told.end < reform_day(told.w) else "ward"
