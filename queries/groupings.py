"""Adding units up into groups: phường against xã, or groups of alike wards."""

from __future__ import annotations

import pandas as pd

from queries.bases import one_basis


def added_up(units: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rates of groups of units, each a sum of numerators over a sum of denominators and never a mean of rates.

    ``units`` as ``queries.timeline.values_on`` gives them; ``by`` is the column to group by (type, peer_group). One row a
    group and status of origin: area_key, basis, numerator, denominator, value, status, units_reporting of
    units_expected, their population_share, and the estimated_share of what was counted. Raises MixedBases.
    """
    basis = one_basis(units)
    known = units[units["value"].notna()]
    parts = pd.DataFrame(
        {
            by: known[by],
            "origin_status": known["origin_status"],
            "numerator": known["numerator"],
            "denominator": known["denominator"],
            "people_reporting": known["population"],
            "estimated": known["estimated_share"] * known["denominator"],
            "apportioned": known["status"] == "apportioned",
            "units_reporting": 1,
        }
    )
    # One sum over columns: an aggregation named for each column takes five times as long.
    sums = parts.groupby([by, "origin_status"], as_index=False).sum()
    sums = sums[sums["denominator"] > 0]
    whole = (
        pd.DataFrame({by: units[by], "units_expected": 1, "people": units["population"]}).groupby(by).sum()
    )
    sums = sums.join(whole, on=by)
    return pd.DataFrame(
        {
            "area_key": sums[by],
            "basis": basis,
            "numerator": sums["numerator"],
            "denominator": sums["denominator"],
            "value": sums["numerator"] / sums["denominator"],
            "status": sums["origin_status"].where(sums["apportioned"] == 0, "apportioned"),
            "origin_status": sums["origin_status"],
            "units_reporting": sums["units_reporting"],
            "units_expected": sums["units_expected"],
            "population_share": sums["people_reporting"] / sums["people"],
            "estimated_share": sums["estimated"] / sums["denominator"],
        }
    )
