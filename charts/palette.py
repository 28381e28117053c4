"""Colours, light and dark. The accent is for identity and “you are here”, never for data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """One theme's colours. ``category`` are distinguishable with deuteranopia; ``below``/``above`` are of a target."""

    dark: bool
    ink: str
    muted: str
    line: str
    surface: str
    accent: str
    main: str
    soft: str
    missing: str
    below: str
    above: str
    target: str
    category: tuple[str, ...]
    ramp: tuple[str, ...]


LIGHT = Palette(
    dark=False,
    ink="#1F2328",
    muted="#5B6470",
    line="#DDE1E6",
    surface="#FFFFFF",
    accent="#9E1B32",
    main="#1F6F78",
    soft="#9CC5C9",
    missing="#C9CED6",
    below="#C8651B",
    above="#2B6CB0",
    target="#3F4650",
    category=("#1F6F78", "#D98324", "#5A4FA2", "#8C8C8C", "#7FB069"),
    ramp=("#F4EBDD", "#D5DDCB", "#A3C7BF", "#63A5A8", "#2F7F88", "#14535C"),
)
DARK = Palette(
    dark=True,
    ink="#E8EAED",
    muted="#A9B1BC",
    line="#3A414B",
    surface="#14181D",
    accent="#E5788A",
    main="#6FC3C9",
    soft="#35666B",
    missing="#565E69",
    below="#F0A35E",
    above="#82B4F0",
    target="#C6CCD4",
    category=("#6FC3C9", "#F0A35E", "#A99FF0", "#7B838E", "#A5D08D"),
    ramp=("#2A3A3D", "#2F5358", "#3A7177", "#55979C", "#86C0C3", "#D7EBE9"),
)


def palette(dark: bool) -> Palette:
    """The colours of a theme."""
    return DARK if dark else LIGHT
