"""What was measured, as one table."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from benchmarks.peers.browser import Visit
from benchmarks.peers.load import Crowd


@dataclass
class Measured:
    """Of one of those compared: visits in a browser in their order, and what twenty readers at once saw."""

    visits: list[Visit] = field(default_factory=list)
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def new(self) -> list[float]:
        """Changes to a model that nobody had asked that server for, in ms."""
        return self.visits[0].changes

    @property
    def again(self) -> list[float]:
        """Changes to a model that somebody had asked for before, in ms."""
        return [change for visit in self.visits[1:] for change in visit.changes]


HEAD = (
    "| | first chart, s | four charts, s | first visit, kB | another model, ms | one asked for before, ms "
    "| 20 readers: dashboards/s | half within, ms | 95% within, ms |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def row(name: str, found: Measured) -> str:
    middle = statistics.median
    cells = (
        f"{middle(visit.first for visit in found.visits) / 1000:.2f}",
        f"{middle(visit.four for visit in found.visits) / 1000:.2f}",
        f"{middle(visit.kilobytes for visit in found.visits):,.0f}",
        f"{middle(found.new):.0f}",
        f"{middle(found.again):.0f}" if found.again else "–",
        f"{middle(found.crowd.per_second):.1f}",
        f"{1000 * found.crowd.quantile(50):,.0f}",
        f"{1000 * found.crowd.quantile(95):,.0f}",
    )
    return f"| {name} | {' | '.join(cells)} |"


def table(results: dict[str, Measured]) -> str:
    return "\n".join([HEAD, *(row(name, found) for name, found in results.items())])
