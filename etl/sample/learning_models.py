"""What offices report on the learning models."""

from __future__ import annotations

import math
from collections.abc import Sequence

from etl.sample.anchors import HALF_YEARS, MODELS, QUARTERS
from etl.sample.chance import rounded
from etl.sample.city import City
from etl.sample.course import level_of
from etl.sample.irregularities import Oddity, absent_wards, choose, without
from etl.sample.offices import Figures, Office, of_office

# One district each left out one model.
ABSENT_ROWS = (("2021-H1", "citizen_staff"), ("2021-H1", "district"), ("2021-H2", "commune"))

MODEL_ODDITIES = (
    Oddity("2025-Q4", "copied"),
    Oddity("2025-Q4", "jump", "clan"),
    Oddity("2026-Q1", "copied"),
    Oddity("2026-Q1", "fall", "family"),
    Oddity("2026-Q2", "jump", "citizen_resident"),
    Oddity("2026-Q2", "fall", "community"),
    Oddity("2026-Q3", "copied"),
    Oddity("2026-Q3", "copied"),
    Oddity("2026-Q3", "jump", "family"),
    Oddity("2026-Q3", "fall", "unit"),
)
FALL = 0.55
JUMP_REGISTERED, JUMP_RECOGNISED = 0.985, 0.97


def model_figures(city: City, offices: Sequence[Office], period: str) -> Figures:
    """Total, registered and recognised by office and model."""
    figures: Figures = {}
    for model in MODELS:
        if model == "district" and period not in HALF_YEARS:
            continue
        total, registered_rate, recognised_rate = level_of(model, period)
        every = city.amounts(model, period, total)
        rates = city.rates(model, period, "registered", registered_rate, every)
        registered = [amount * rate for amount, rate in zip(every, rates, strict=True)]
        rates = city.rates(model, period, "recognised", recognised_rate, registered)
        recognised = [amount * rate for amount, rate in zip(registered, rates, strict=True)]
        for office in offices:
            whole = of_office(office, every)
            known = office.counted.get(model, whole) / whole
            chance = city.chance.uniform("rounding", model, office.code)
            stages = (whole, of_office(office, registered), of_office(office, recognised))
            figures[office.code, model] = [rounded(stage * known, chance) for stage in stages]
            if model in office.counted:
                figures[office.code, model][0] = office.counted[model]
    return figures


def _with_model_oddities(city: City, period: str, figures: Figures, before: Figures) -> Figures:
    """The figures of a quarter with its odd ones, each in another ward that is large enough to show it."""
    odd = dict(figures)
    free = {code for code, model in figures if model == "family" and (code, "family") in before}
    for number, oddity in enumerate(o for o in MODEL_ODDITIES if o.period == period):
        large = {
            code for code in free if oddity.kind == "copied" or (figures[code, oddity.name][0] or 0) >= 25
        }
        code = choose(city, large, period, str(number))
        free.discard(code)
        if oddity.kind == "copied":
            odd |= {key: values for key, values in before.items() if key[0] == code}
            continue
        total, registered, recognised = (value or 0 for value in figures[code, oddity.name])
        if oddity.kind == "jump":
            odd[code, oddity.name] = [
                total,
                math.floor(total * JUMP_REGISTERED),
                math.floor(total * JUMP_RECOGNISED),
            ]
        else:
            odd[code, oddity.name] = [total, registered, math.floor(recognised * FALL)]
    return odd


def model_reports(city: City, districts: Sequence[Office], wards: Sequence[Office]) -> dict[str, Figures]:
    """What offices report on the models, by period."""
    reports: dict[str, Figures] = {}
    for period in HALF_YEARS:
        figures = model_figures(city, districts, period)
        for _, model in (missing for missing in ABSENT_ROWS if missing[0] == period):
            del figures[choose(city, {office.code for office in districts}, period, model), model]
        reports[period] = figures
    before: Figures = {}
    for period in QUARTERS:
        sent = without(model_figures(city, wards, period), absent_wards(city, "learning_models", period))
        before = reports[period] = _with_model_oddities(city, period, sent, before)
    return reports
