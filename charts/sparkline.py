"""A small line without axes for a card, as SVG with words for those who cannot see it."""

from __future__ import annotations

from html import escape

from charts.palette import Palette

WIDTH, HEIGHT, EDGE = 220.0, 36.0, 4.0


def sparkline(values: list[float], alt: str, colours: Palette) -> str:
    """The values from left to right, equal steps apart, the last one marked. At least two values."""
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    points = [
        (EDGE + n * step, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / spread) for n, value in enumerate(values)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return (
        f'<svg role="img" aria-label="{escape(alt, quote=True)}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="100%" '
        f'height="{HEIGHT:.0f}" preserveAspectRatio="none">'
        f'<polyline points="{path}" fill="none" stroke="{colours.main}" stroke-width="2" vector-effect="non-scaling-stroke"/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="3" fill="{colours.main}"/></svg>'
    )
