"""What offices report on participation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from etl.sample.anchors import CONTINUING_COURSE, FLOWS, HALF_YEARS, INDICATORS, QUARTERS, RATES
from etl.sample.chance import rounded
from etl.sample.city import City
from etl.sample.course import course, flow_of
from etl.sample.irregularities import Oddity, absent_wards, choose, without
from etl.sample.offices import Figures, Office, of_office

PARTICIPATION_ODDITIES = (
    Oddity("2025-Q4", "scaled", "clc.learners", 7.0),
    Oddity("2026-Q2", "scaled", "association.fund", 0.001),  # thousands of VND written as VND
    Oddity("2026-Q3", "scaled", "campaign.held", 9.0),
)


def rate_figures(city: City, offices: Sequence[Office], period: str, indicator: str) -> Figures:
    """Numerator and denominator of one rate by office."""
    total, city_rate = course(RATES[indicator], period)
    every = city.amounts(indicator, period, total)
    rates = city.rates(indicator, period, "rate", city_rate, every)
    reached = [amount * rate for amount, rate in zip(every, rates, strict=True)]
    figures: Figures = {}
    for office in offices:
        whole = of_office(office, every)
        chance = city.chance.uniform("rounding", indicator, office.code)
        denominator = office.counted.get(indicator, rounded(whole, chance))
        numerator = rounded(of_office(office, reached) / whole * denominator, chance)
        figures[office.code, indicator] = [min(numerator, denominator), denominator]
    return figures


def count_figures(city: City, offices: Sequence[Office], period: str, indicator: str) -> Figures:
    """One count by office. Nothing where the city has none, as of the Learning Week outside its season."""
    flow = FLOWS.get(indicator)
    total = flow_of(flow, period) if flow else course(CONTINUING_COURSE, period)[0]
    if total == 0:
        return {}
    every = city.amounts(indicator, period, total)
    step = flow.rounded_to if flow else 1
    return {
        (office.code, indicator): [
            rounded(of_office(office, every), city.chance.uniform("rounding", indicator, office.code), step),
            None,
        ]
        for office in offices
    }


def participation_figures(city: City, offices: Sequence[Office], period: str) -> Figures:
    """Numerator and denominator by office and indicator."""
    figures: Figures = {}
    for indicator in INDICATORS:
        of_kind = rate_figures if indicator in RATES else count_figures
        figures |= of_kind(city, offices, period, indicator)
    return figures


def _with_participation_oddities(city: City, period: str, figures: Figures) -> Figures:
    odd = dict(figures)
    for oddity in PARTICIPATION_ODDITIES:
        if oddity.period == period:
            code = choose(city, {code for code, _ in figures}, period, oddity.name)
            odd[code, oddity.name] = [math.floor((figures[code, oddity.name][0] or 0) * oddity.factor), None]
    return odd


def participation_reports(
    city: City, districts: Sequence[Office], wards: Sequence[Office]
) -> dict[str, Figures]:
    """What offices report on participation, by period."""
    reports = {period: participation_figures(city, districts, period) for period in HALF_YEARS}
    for period in QUARTERS:
        sent = without(
            participation_figures(city, wards, period), absent_wards(city, "participation", period)
        )
        reports[period] = _with_participation_oddities(city, period, sent)
    return reports
