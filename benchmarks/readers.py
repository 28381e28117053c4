"""What readers look at: the addresses of every screen, from the usual view to those that nobody has asked for yet."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from queries.catalogue import BASES
from tests.serving import ROOT

Address = str

PERIODS = ("2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3", "2025-H1", "2024-H2", "2024-H1", "2023-H2")
GROUPS = ("district", "type")
STATUSES = ("real", "illustrative")
MODELS = ("citizen_resident", "citizen_staff", "clan", "community", "unit", "commune")
MEASURES = tuple(
    f"model.{model}.{basis}" for model in ("clan", "community", "citizen_resident") for basis in BASES
)
SHARED = {"period": PERIODS, "group": GROUPS, "status": STATUSES}
SHOW = "trinh-chieu"
QUERY = "SELECT level, count(*) AS units FROM unit GROUP BY level ORDER BY units DESC"


def _wards() -> tuple[str, ...]:
    """Keys of today's wards, as the map of the city has them."""
    with (ROOT / "data" / "reference" / "unit.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            row["unit_key"]
            for row in csv.DictReader(stream)
            if row["level"] == "ward" and not row["valid_to"]
        )


WARDS = _wards()
USUAL: Mapping[str, str] = {
    "": "",
    "mo-hinh": "",
    "ban-do": "",
    "phuong-xa": f"unit={WARDS[8]}",
    "truong-hoc": "",
    "tra-cuu": "",
    "mang-luoi": "",
    "nguon": "",
    "chat-luong": "",
    "nop-so-lieu": "",
    "tu-dien": "",
    "sql": "",
    SHOW: "",
}
"""Each screen's path -> the query with which it is measured where nothing else is asked for."""
CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "": {**SHARED, "model": MODELS},
    "mo-hinh": {**SHARED, "model": MODELS, "basis": BASES[1:], "boundary": ("districts",)},
    "ban-do": {
        "period": PERIODS,
        "status": STATUSES,
        "about": ("clan", "community", "participation", "school"),
        "mode": ("side", "change", "time", "columns"),
        "boundary": ("districts",),
        "layer": ("hex", "circle"),
        "area": ("inner",),
    },
    "phuong-xa": {"unit": WARDS, "period": PERIODS, "model": MODELS[:4], "back": ("1",)},
    "truong-hoc": {
        **SHARED,
        "measure": ("pupils", "classes", "teachers"),
        "ratio": ("classes_per_school", "pupils_per_class", "pupils_per_teacher"),
        "quality": ("happy",),
        "rows": ("2", "3", "4"),
    },
    "tra-cuu": {
        "indicators": MEASURES,
        "sum_by": ("city", "district", "type", "peer_group"),
        "shape": ("by_period", "by_indicator"),
        "tiers": ("city", "district", "district,ward"),
        "chart": ("trend", "spread"),
        "borders": ("wards_2025_07", "districts_2025_06"),
        "rows_each": ("25", "100", "250"),
    },
    "mang-luoi": {
        "road": ("vietnam", "network", "all"),
        "region": (
            "asia_pacific",
            "europe_north_america",
            "latin_america_caribbean",
            "arab_states",
            "africa",
        ),
    },
    "nguon": {
        "section": ("sources", "contradictions", "gaps", "build"),
        "period": PERIODS[:2],
        "status": STATUSES,
    },
    "chat-luong": {"period": PERIODS, "status": STATUSES, "report": ("participation",)},
    "nop-so-lieu": {"section": ("history", "templates")},
    "tu-dien": {
        "dictionary": ("tables",),
        "theme": ("model", "participation", "school", "population", "network", "plan"),
        "find_indicator": ("xã", "trường", "công dân"),
    },
    "sql": {"q": (QUERY, QUERY.replace("DESC", "ASC")), "find_table": ("unit", "school", "observation")},
    SHOW: {"theme": ("light",), "lang": ("en",)},
}
"""Each screen's path -> what may be chosen there, apart from what stands there at first."""
WALKED = tuple(path for path in USUAL if path != SHOW)
"""What readers at their desks walk over: the show stands in halls."""
POPULAR = 6
"""Views of a screen that most readers look at."""
OWN_SHARE = 0.05
"""How often a reader asks for something of his own, which probably nobody has asked for before."""
MOVE_SHARE = 0.4
"""How often a reader goes to another screen instead of changing a choice."""
ENGLISH, DARK = 0.2, 0.2
"""Shares of readers."""


def address(path: str, chosen: Mapping[str, str]) -> Address:
    """A screen with choices, over those that it is measured with."""
    query = urlencode({**dict(parse_qsl(USUAL[path])), **chosen})
    return f"{path}?{query}" if query else path


def usual(path: str) -> Address:
    """The view with which a screen is measured."""
    return address(path, {})


def fresh(path: str, most: int, beside: Mapping[str, str] | None = None) -> list[Address]:
    """Views that differ from the usual one in one choice each: every choice comes up before one comes up twice."""
    columns = [[(name, value) for value in values] for name, values in CHOICES[path].items()]
    deepest = max(len(column) for column in columns)
    found = [column[row] for row in range(deepest) for column in columns if row < len(column)]
    addresses = [address(path, {**(beside or {}), name: value}) for name, value in found]
    return [one for one in addresses if one != usual(path)][:most]


def popular(path: str, lang: Mapping[str, str]) -> list[Address]:
    """The views of a screen that most readers look at."""
    return [address(path, lang), *fresh(path, POPULAR - 1, lang)]


class Reader:
    """A reader who walks over screens, chance given by a seed: where to next."""

    def __init__(self, seed: int, own: float = OWN_SHARE) -> None:
        self.chance = random.Random(seed)
        self.own = own
        self.lang = {"lang": "en"} if self.chance.random() < ENGLISH else {}
        self.dark = self.chance.random() < DARK
        self.path = self.chance.choice(WALKED)

    def next(self) -> Address:
        """Another screen, or another choice on this one."""
        if self.chance.random() < MOVE_SHARE:
            self.path = self.chance.choice(WALKED)
        if self.chance.random() < self.own:
            return address(self.path, {**self.lang, **self._own()})
        return self.chance.choice(popular(self.path, self.lang))

    def _own(self) -> dict[str, str]:
        """Some choices at once."""
        names = sorted(CHOICES[self.path])
        some = self.chance.sample(names, min(len(names), self.chance.randint(1, 3)))
        return {name: self.chance.choice(CHOICES[self.path][name]) for name in some}
