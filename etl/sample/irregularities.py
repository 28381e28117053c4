"""What real reports are like: some are missing, some hold odd figures."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from etl.sample.chance import Chance
from etl.sample.city import City
from etl.sample.offices import Figures

# Wards that have not sent a file, by table and quarter; of the last one, reports are still coming in.
ABSENT_WARDS: dict[str, dict[str, int]] = {
    "learning_models": {"2025-Q3": 9, "2025-Q4": 5, "2026-Q1": 6, "2026-Q2": 4, "2026-Q3": 14},
    "participation": {"2025-Q3": 9, "2025-Q4": 6, "2026-Q1": 5, "2026-Q2": 3, "2026-Q3": 14},
}
OFTEN_ABSENT = 4
LATE_SHARE = 0.08


class Oddity(NamedTuple):
    """A figure that obeys the rules and yet deserves a look: in each, one ward of the quarter."""

    period: str
    kind: str  # jump: nearly all; fall: well below before; copied: as in the quarter before; scaled: times ``factor``
    name: str = ""
    factor: float = 1.0


def absent_wards(city: City, table: str, period: str) -> frozenset[str]:
    """Wards whose file is not there: some by chance, a few again and again. Those with a centre send theirs."""
    codes = [ward.code for ward in city.wards]
    hosts = city.hosts if table == "participation" else frozenset()
    often = frozenset(
        sorted(codes, key=lambda code: city.chance.uniform("often absent", code))[:OFTEN_ABSENT]
    )
    lateness = {
        code: city.chance.uniform("absent", period, code) + (0.6 if code in often else 0.0)
        for code in codes
        if code not in hosts
    }
    return frozenset(sorted(lateness, key=lambda code: -lateness[code])[: ABSENT_WARDS[table][period]])


def without(figures: Figures, absent: Collection[str]) -> Figures:
    """The figures of all others."""
    return {key: values for key, values in figures.items() if key[0] not in absent}


def choose(city: City, codes: Collection[str], *names: str) -> str:
    """One of these units, by chance."""
    return min(codes, key=lambda code: (city.chance.uniform("odd", *names, code), code))


def sent_on(chance: Chance, table: str, period: str, code: str) -> str:
    """The day an office sent its report: most within a month of the period's end, some later."""
    year, number = int(period[:4]), int(period[6])
    month = number * (6 if period[5] == "H" else 3)
    end = dt.date(year, month, calendar.monthrange(year, month)[1])
    luck = chance.uniform("sent on", table, period, code)
    days = 6 + 22 * luck / (1 - LATE_SHARE) if luck < 1 - LATE_SHARE else 31 + 17 * (1 - luck) / LATE_SHARE
    return (end + dt.timedelta(days=int(days))).isoformat()
