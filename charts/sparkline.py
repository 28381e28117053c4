"""A small line without axes for a card, as SVG."""

from __future__ import annotations

import datetime as dt

from charts.palette import Palette

WIDTH, HEIGHT, EDGE = 220.0, 36.0, 4.0


def sparkline(series: list[tuple[dt.date, float]], colours: Palette) -> str:
    """Values at their days, oldest first, the last one marked. At least two days."""
    values = [value for _, value in series]
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    first = series[0][0]
    days = (series[-1][0] - first).days or 1
    points = [
        (
            EDGE + (WIDTH - 2 * EDGE) * (day - first).days / days,
            HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / spread,
        )
        for day, value in series
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="{WIDTH:.0f}"'
        f' height="{HEIGHT:.0f}"><polyline points="{path}" fill="none" stroke="{colours.main}" stroke-width="2"/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="3" fill="{colours.main}"/></svg>'
    )
