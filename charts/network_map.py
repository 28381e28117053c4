"""The world map of the members that can be named, drawn from an outline of our own: nothing is fetched."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from charts.base import Chart, Look, styled
from charts.drawing import Drawing, Trace, scatter
from i18n import decimal
from queries.network_members import Member

Ring = Sequence[tuple[float, float]]

HEIGHT = 400
WORLD = (-168.0, 180.0, -56.0, 78.0)
"""West, east, south, north of the whole map, in degrees."""
SMALLEST_SPAN = 16.0
"""Degrees of longitude that are shown at least, so that one city alone has its surroundings."""
POINT, OTHER, HOME_POINT = 8, 4, 13


def projected(lon: float, lat: float) -> tuple[float, float]:
    """A place on the Natural Earth projection; both axes in radians of the equator."""
    phi = math.radians(lat)
    p2 = phi * phi
    p4 = p2 * p2
    x = 0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4))
    y = 1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4))
    return math.radians(lon) * x, phi * y


def window(members: Sequence[Member], whole: bool) -> tuple[list[float], list[float]]:
    """The two axes' ranges: the whole world, or just the members with some room around them."""
    placed = [(m.lon, m.lat) for m in members if m.lon is not None and m.lat is not None]
    west, east, south, north = WORLD
    if placed and not whole:
        lons, lats = [lon for lon, _ in placed], [lat for _, lat in placed]
        room = max(0.08 * (max(lons) - min(lons)), (SMALLEST_SPAN - (max(lons) - min(lons))) / 2, 3.0)
        west, east = min(lons) - room, max(lons) + room
        tall = max(room, 0.1 * (max(lats) - min(lats)))
        south, north = max(min(lats) - tall, -60.0), min(max(lats) + tall, 82.0)
    edges = [
        projected(lon, lat) for lon in (west, east) for lat in (south, 0.0, north) if south <= lat <= north
    ]
    xs, ys = [x for x, _ in edges], [y for _, y in edges]
    return [min(xs), max(xs)], [min(ys), max(ys)]


def world(
    shown: Sequence[Member], every: Sequence[Member], everyone: int | None, land: Sequence[Ring], whole: bool, look: Look
) -> Chart:  # fmt: skip
    """The chosen members on the land of the world; the others as small dots; Hà Nội in the accent.

    ``everyone`` is the published size of the network, None where it is not known. ``whole`` shows the whole world, else
    the map closes in on the chosen members. Cities without a point are named in a note.
    """
    colours, words = look.palette, look.words
    figure = Drawing(_land(land, look))
    chosen = {(m.city, m.iso3) for m in shown}
    others = [m for m in every if (m.city, m.iso3) not in chosen]
    figure.add_trace(_points(others, OTHER, colours.muted, look))
    figure.add_trace(_points([m for m in shown if not m.is_home], POINT, colours.main, look))
    home = [m for m in every if m.is_home]
    figure.add_trace(_points(home, HOME_POINT, colours.accent, look))
    for member in home:
        x, y = _place(member)
        figure.add_annotation(
            x=x, y=y, text=f"<b>{words('network.map_home')}</b>", showarrow=False, xanchor="left", xshift=11,
            font={"size": 13, "color": colours.accent}, bgcolor=colours.surface, opacity=0.9, borderpad=1,
        )  # fmt: skip
    across, up = window(shown, whole)
    blank = {"showgrid": False, "showticklabels": False, "showline": False, "ticks": "", "zeroline": False}
    fill = "domain" if whole else "range"
    figure.update_xaxes(range=across, constrain=fill, **blank)
    figure.update_yaxes(
        range=up,
        scaleanchor="x",
        scaleratio=1,
        constrain=fill,
        constraintoward="top" if whole else "middle",
        **blank,
    )
    figure = styled(figure, colours, look.lang, height=HEIGHT)
    figure.lay({"margin": {"l": 0, "r": 0, "t": 4, "b": 4}})
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)
    key = "network.map_title" if len(shown) == len(every) else "network.map_title_some"
    title = words(key, n=decimal(len(shown), look.lang), named=decimal(len(every), look.lang))
    subtitle = words("network.map_subtitle") if everyone is None else words(
        "network.map_subtitle_of", named=decimal(len(every), look.lang), all=decimal(everyone, look.lang)
    )  # fmt: skip
    return Chart(
        title, subtitle, figure.finished(), _alt(title, shown, look), _table(shown, look), _notes(shown, look)
    )


def _place(member: Member) -> tuple[float, float]:
    return projected(member.lon or 0.0, member.lat or 0.0)


def _land(land: Sequence[Ring], look: Look) -> Trace:
    """All land as one area; rings are kept apart by gaps."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for ring in land:
        for lon, lat in ring:
            x, y = projected(lon, lat)
            xs.append(round(x, 4))
            ys.append(round(y, 4))
        xs.append(None)
        ys.append(None)
    return scatter(
        x=xs, y=ys, mode="lines", fill="toself", fillcolor=look.palette.line, hoverinfo="skip",
        line={"width": 0.5, "color": look.palette.missing},
    )  # fmt: skip


def _points(members: Sequence[Member], size: int, colour: str, look: Look) -> Trace:
    placed = [m for m in members if m.lat is not None]
    places = [_place(m) for m in placed]
    words = look.words
    return scatter(
        x=[round(x, 4) for x, _ in places], y=[round(y, 4) for _, y in places], mode="markers",
        marker={"size": size, "color": colour, "opacity": 1, "line": {"width": 1 if size > OTHER else 0, "color": look.palette.surface}},
        text=[
            f"<b>{m.city}</b>, {words.pick(m.country_vi, m.country)}<br>" + joined(m, look) for m in placed
        ],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def joined(member: Member, look: Look) -> str:
    """Since when a city is a member, as far as a source says."""
    if member.year_joined is None:
        return look.words("network.joined_unknown")
    return look.words("network.joined", year=member.year_joined)


def _notes(shown: Sequence[Member], look: Look) -> tuple[str, ...]:
    unplaced = [m.city for m in shown if m.lat is None]
    stand_ins = sum(m.coord_precision == "parent_place" for m in shown)
    notes = [look.words("network.map_land")]
    if stand_ins:
        notes.append(look.words("network.map_stand_ins", n=stand_ins))
    if unplaced:
        notes.append(look.words("network.map_unplaced", n=len(unplaced), names=", ".join(unplaced)))
    return ("  \n".join(notes),)


def _alt(title: str, shown: Sequence[Member], look: Look) -> str:
    counts: dict[str, int] = {}
    for member in shown:
        country = look.words.pick(member.country_vi, member.country)
        counts[country] = counts.get(country, 0) + 1
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:12]
    return f"{title}. " + ", ".join(f"{country}: {n}" for country, n in most)


def _table(shown: Sequence[Member], look: Look) -> pd.DataFrame:
    words = look.words
    return pd.DataFrame(
        {
            words("network.city_column"): [m.city for m in shown],
            words("network.country_column"): [words.pick(m.country_vi, m.country) for m in shown],
            words("network.latitude_column"): [m.lat for m in shown],
            words("network.longitude_column"): [m.lon for m in shown],
        }
    )
