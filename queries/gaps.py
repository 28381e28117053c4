"""How far a figure is from its targets, in points and in families, clans, communities…"""

from __future__ import annotations

from dataclasses import dataclass

from queries.catalogue import Target
from queries.figures import Figure, implied_total


@dataclass(frozen=True)
class Gap:
    """The distance to one target. ``difference`` is a fraction, positive above the target.

    ``units`` is how many are still lacking (0 once met), None where no total is known; ``estimated`` says that
    the total was worked out from a count and its rate rather than reported, ``partial`` that only the units that reported
    are counted.
    """

    target: Target
    difference: float
    units: float | None
    estimated: bool
    partial: bool
    qualifier: str | None

    @property
    def met(self) -> bool:
        """Whether the target is reached; “nearly 80%” does not reach 80%."""
        return self.difference > 0 or (self.difference == 0 and self.qualifier not in ("nearly", "about"))


def gaps(figure: Figure, targets: list[Target], series: list[Figure]) -> list[Gap]:
    """The distance of a rate to each target on the same indicator. ``series`` serves to find a total."""
    if figure.value is None:
        return []
    total, estimated = figure.denominator, False
    if total is None:
        implied = implied_total(series)
        total, estimated = (implied.denominator if implied else None), True
    partial = figure.denominator is not None and figure.units_reporting != figure.units_expected
    found = []
    for target in targets:
        if target.indicator_id != figure.indicator_id:
            raise ValueError(
                f"a target of {target.indicator_id} cannot be held against {figure.indicator_id}"
            )
        difference = round(figure.value - target.value, 6)
        units = None if total is None else max(0.0, -difference * total)
        found.append(Gap(target, difference, units, estimated, partial, figure.qualifier))
    return found
