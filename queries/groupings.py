"""Adding units up into groups: phường against xã, or groups of alike wards."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd

from queries.bases import one_basis


def added_up(units: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rates of groups of units, each a sum of numerators over a sum of denominators and never a mean of rates.

    ``units`` as ``queries.timeline.values_on`` gives them; ``by`` is the column to group by (type, peer_group). One row a
    group and status of origin: area_key, basis, numerator, denominator, value, status, units_reporting of
    units_expected, their population_share, and the estimated_share of what was counted. Raises MixedBases.
    """
    basis = one_basis(units)
    expected: Counter[str] = Counter()
    people: defaultdict[str, float] = defaultdict(float)
    sums: defaultdict[tuple[str, str], _Sum] = defaultdict(_Sum)
    columns = (
        by,
        "origin_status",
        "value",
        "numerator",
        "denominator",
        "population",
        "estimated_share",
        "status",
    )
    # Row by row: the same with a frame's own means takes ten times as long for the units of a city.
    for group, origin, value, *parts in zip(*(units[name].tolist() for name in columns), strict=True):
        if pd.isna(group):
            continue
        expected[group] += 1
        people[group] += _known(parts[2])
        if not pd.isna(value):
            sums[group, origin].add(*parts)
    found = [(*key, one) for key, one in sorted(sums.items()) if one.denominator > 0]
    return pd.DataFrame(
        {
            "area_key": [group for group, _, _ in found],
            "basis": basis,
            "numerator": [one.numerator for *_, one in found],
            "denominator": [one.denominator for *_, one in found],
            "value": [one.numerator / one.denominator for *_, one in found],
            "status": ["apportioned" if one.apportioned else origin for _, origin, one in found],
            "origin_status": [origin for _, origin, _ in found],
            "units_reporting": [one.units for *_, one in found],
            "units_expected": [expected[group] for group, _, _ in found],
            "population_share": [
                one.people / people[group] if people[group] else math.nan for group, _, one in found
            ],
            "estimated_share": [one.estimated / one.denominator for *_, one in found],
        }
    )


@dataclass
class _Sum:
    """What the units of one group and status of origin come to."""

    numerator: float = 0
    denominator: float = 0
    people: float = 0
    estimated: float = 0
    apportioned: bool = False
    units: int = 0

    def add(
        self, numerator: float, denominator: float, people: float, estimated_share: float, status: str
    ) -> None:
        """One more unit that has a figure."""
        self.numerator += numerator
        self.denominator += denominator
        self.people += _known(people)
        self.estimated += _known(estimated_share) * denominator
        self.apportioned |= status == "apportioned"
        self.units += 1


def _known(value: float) -> float:
    return 0.0 if pd.isna(value) else value
