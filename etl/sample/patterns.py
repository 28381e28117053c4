"""How places differ: made up, for each model and indicator, by kind of place."""

from __future__ import annotations

from typing import NamedTuple

# Each four are the kinds in ``places``: core, new urban, suburb, far.
YEARLY_GROWTH = (-0.004, 0.012, 0.006, 0.001)  # of a ward against the city, by kind of place


class Pattern(NamedTuple):
    """How a thing differs between the four kinds of places, and how far like places differ.

    ``per_head`` is relative. ``tilt`` moves the rate: 0.1 is about 4 points where the rate is 70%.
    """

    per_head: tuple[float, float, float, float]
    tilt: tuple[float, float, float, float] = (0, 0, 0, 0)
    spread: float = 0.15


PATTERNS: dict[str, Pattern] = {
    "citizen_resident": Pattern((0.77, 0.74, 0.75, 0.76), (0.08, 0.03, -0.03, -0.08)),
    "citizen_staff": Pattern((1.9, 1.2, 0.8, 0.6), (0.06, 0.05, -0.02, -0.07)),
    "family": Pattern((0.285, 0.282, 0.275, 0.272), (0.02, -0.08, 0.03, 0.04)),
    "clan": Pattern((0.05, 0.2, 1.0, 1.7), (-0.14, -0.12, 0.02, 0.06)),
    "community": Pattern((1.25, 1.0, 0.9, 0.95), (0.0, -0.06, 0.02, 0.03)),
    "unit": Pattern((1.15, 0.95, 0.95, 1.0), (0.08, 0.02, -0.02, -0.05)),
    "commune": Pattern((1, 1, 1, 1), (0.05, -0.03, 0.03, 0.0)),
    "district": Pattern((1, 1, 1, 1)),
    "clc.active": Pattern((1, 1, 1, 1), (-0.05, 0.0, 0.05, 0.0)),
    "clc.learners": Pattern((0.7, 0.8, 1.1, 1.3)),
    "continuing.learners": Pattern((1, 1, 1, 1)),
    "digital.skills": Pattern((0.8, 0.76, 0.76, 0.76), (0.26, 0.2, 0.0, -0.2)),
    "literacy.age_15_60": Pattern((0.6, 0.64, 0.62, 0.6), (0.2, 0.15, 0.0, -0.22)),
    "streaming.vocational": Pattern((1.0, 1.1, 1.0, 0.95), (-0.22, -0.12, 0.06, 0.18)),
    "happy_school.applied": Pattern((1, 1, 1, 1), (0.1, 0.06, 0.0, -0.08), 0.2),
    "association.members": Pattern((1, 1, 1, 1), (-0.06, -0.06, 0.01, 0.07), 0.1),
    "association.fund": Pattern((1.3, 1.1, 0.9, 0.85), spread=0.25),
    "learning_week.participants": Pattern((1.2, 1.1, 0.9, 0.9), spread=0.25),
    "campaign.held": Pattern((1.0, 0.9, 1.0, 1.1)),
    "examples.commended": Pattern((1.1, 0.9, 1.0, 1.0)),
}
