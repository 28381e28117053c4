"""What a slide is made from: the build, what the playlist asks for and the reader's language, with words for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from charts.pace import goal_words
from charts.told import coverage_words, date_words, gap_words, value_words
from charts.vector import Target as TargetLine
from exports.playlist import SlideSpec
from exports.slides.model import Status
from i18n import (
    Lang,
    Words,
    period_code,
    period_name,
    words_in,
)
from queries import catalogue, figures
from queries.catalogue import Indicator, Target
from queries.figures import Figure, Period
from queries.gaps import Gap
from queries.warehouse import Warehouse

HEADLINE = "recognised_of_total"
FIRST = f"model.family.{HEADLINE}"
ORDER = ("published", "reported", "illustrative", "apportioned")


class NoSuch(Exception):
    """A slide asks for something that does not exist; ``key`` says which words tell so, about ``name``."""

    def __init__(self, key: str, name: str = "") -> None:
        super().__init__(f"{key}: {name}")
        self.key = key
        self.name = name


@dataclass(frozen=True)
class Ask:
    """One slide to make. ``statuses`` are those of figures to show, ``folder`` holds pictures, ``views`` saved views."""

    w: Warehouse
    spec: SlideSpec
    lang: Lang
    statuses: tuple[str, ...]
    folder: Path
    views: Path

    @property
    def words(self) -> Words:
        """The words in the slide's language."""
        return words_in(self.lang)

    def heading(self, usual: str) -> str:
        """The title of the playlist, else what the figures say."""
        return self.spec.heading.of(self.lang) if self.spec.heading else usual

    @property
    def text(self) -> str:
        """The free text of the slide."""
        return self.spec.text.of(self.lang) if self.spec.text else ""

    def pick(self, vi: str | None, en: str | None) -> str:
        """Of two wordings from data the one in the slide's language."""
        return self.words.pick(vi, en)

    def indicator(self) -> Indicator:
        """The first indicator asked for, learning families where none is. Raises NoSuch."""
        return self.indicators((FIRST,))[0]

    def indicators(self, usual: tuple[str, ...]) -> list[Indicator]:
        """The indicators asked for, else the usual ones. Raises NoSuch where one does not exist."""
        found = []
        for indicator_id in self.spec.indicators or usual:
            known = catalogue.indicator(self.w, indicator_id)
            if known is None:
                raise NoSuch("no_indicator", indicator_id)
            found.append(known)
        return found

    def period(self) -> Period | None:
        """The period asked for, else the latest; None where nothing was reported yet. Raises NoSuch."""
        listed = {period_code(p.start, p.end): p for p in figures.periods(self.w)}
        if self.spec.period:
            if self.spec.period not in listed:
                raise NoSuch("no_period", self.spec.period)
            return listed[self.spec.period]
        return next(iter(listed.values()), None)

    @property
    def until(self) -> dt.date | None:
        """The last day that figures may be of; None leaves it open."""
        period = self.period()
        return period.end if self.spec.period and period else None

    def page(self, path: str, **query: str | None) -> str:
        """The address of a live page with the slide's choices."""
        asked = {"period": self.spec.period or None, "lang": "en" if self.lang == "en" else None, **query}
        told = urlencode({name: value for name, value in asked.items() if value})
        return f"{path}?{told}" if told else path

    # ---- Words ------------------------------------------------------------------------------------------------------

    def name(self, indicator: Indicator) -> str:
        """The name of an indicator for a headline; of a learning model its short name, without the basis."""
        for model in catalogue.learning_models(self.w):
            if model.model == indicator.model:
                return self.pick(model.short_name_vi, model.short_name_en)
        short = self.pick(indicator.short_name_vi, indicator.short_name_en)
        return short or self.pick(indicator.name_vi, indicator.name_en)

    def value(
        self,
        value: float | None,
        kind: str,
        status: str = "",
        qualifier: str | None = None,
        decimals: int = 1,
    ) -> str:
        """A value as it is written; a published rate with the digits and the limiting word of its source."""
        return value_words(value, kind, status, qualifier, self.words, decimals)

    def day(self, figure: Figure) -> str:
        """When a figure is of."""
        return date_words(figure, self.lang)

    def period_words(self, period: Period | None) -> str:
        """A period in words; a dash where there is none."""
        return period_name(period.start, period.end, self.lang) if period else "–"

    def coverage(self, figure: Figure) -> str:
        """How much of the city is in a sum; nothing of a figure published as such."""
        return coverage_words(figure, self.words)

    def basis(self, indicator: Indicator) -> str:
        """What a rate is of, or the unit of a count."""
        if indicator.kind == "rate" and indicator.basis:
            return self.words(f"common.basis_{indicator.basis}")
        return self.pick(indicator.unit_vi, indicator.unit_en)

    def gap(self, gap: Gap) -> str:
        """One target and how far it is."""
        return gap_words(gap, self.words)

    def mark(self, status: str) -> str:
        """A status in a word."""
        return self.words(f"common.mark_{status}") if status else ""

    def marks(self, codes: Iterable[str]) -> tuple[Status, ...]:
        """Statuses with their words, each once, in the usual order."""
        found = set(codes)
        return tuple(
            Status(code, self.mark(code), self.words(f"common.mark_{code}_help"))
            for code in ORDER
            if code in found
        )

    def sources(self, ids: Iterable[str | None]) -> tuple[str, ...]:
        """The titles of sources, each once."""
        told = []
        for source_id in ids:
            source = catalogue.source(self.w, source_id)
            if source is not None:
                own = {"sample": "common.source_sample", "report": "common.source_reports"}.get(source.kind)
                told.append(self.words(own) if own else source.title)
        return tuple(dict.fromkeys(told))

    def definition(self, indicator: Indicator) -> str:
        """What an indicator counts, with its name before it."""
        return f"{self.name(indicator)}: {self.pick(indicator.definition_vi, indicator.definition_en)}"

    def target_line(self, target: Target) -> TargetLine:
        """A target as charts draw it, on the last day of its year."""
        name = self.words("common.target_label", year=target.year, value=goal_words(target, self.lang))
        return TargetLine(name, dt.date(target.year, 12, 31), target.value, target.value_max)
