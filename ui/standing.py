"""The mark of a standing on the way to a target: met, on track, behind…, as icon and word."""

from __future__ import annotations

from queries.pace import Standing
from ui.context import View

ICONS: dict[Standing, str] = {
    "met": ":material/check_circle:",
    "on_track": ":material/trending_up:",
    "behind": ":material/schedule:",
    "far_behind": ":material/priority_high:",
    "missed": ":material/cancel:",
    "too_little_data": ":material/help:",
    "no_target": ":material/flag:",
    "ended": ":material/event_busy:",
}
COLOURS: dict[Standing, str] = {
    "met": "green",
    "on_track": "blue",
    "behind": "orange",
    "far_behind": "red",
    "missed": "red",
    "too_little_data": "gray",
    "no_target": "gray",
    "ended": "gray",
}


def standing_words(standing: Standing, view: View) -> str:
    """A standing as icon and word, in Markdown."""
    return f":{COLOURS[standing]}-badge[{ICONS[standing]} {view.words(f'pace.standing_{standing}')}]"
