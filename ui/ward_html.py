"""Pieces of HTML for the page of one unit, the same on the screen and on paper.

One table of Markdown or HTML is one element, however many rows it has; a panel of many small elements would cost each
reader's rerun. Everything that comes from data is escaped with ``esc``.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from ui.context import View

MARKS = {"published": "◆", "reported": "●", "illustrative": "○"}
"""The same shapes as in the charts."""


def esc(text: object) -> str:
    """Text made safe for HTML; ≈ and the unit of a difference stay with their number."""
    return (
        html.escape(str(text))
        .replace("≈ ", "≈&nbsp;")
        .replace(" điểm %", "&nbsp;điểm&nbsp;%")
        .replace(" pp", "&nbsp;pp")
    )


def small(text: str) -> str:
    """A second, smaller line of a cell."""
    return f'<span class="w-small">{text}</span>' if text else ""


def mark(status: str, view: View) -> str:
    """The status of a figure as shape and word."""
    return f'<span class="w-mark">{MARKS[status]} {esc(view.words(f"common.mark_{status}"))}</span>'


def link(view: View, unit_key: str, name: str) -> str:
    """A link to the page of another unit that keeps the reader's language, period and status of figures."""
    return f'<a href="{esc(address_of(view, unit_key))}">{esc(name)}</a>'


def address_of(view: View, unit_key: str, **more: str) -> str:
    """The address of a unit's page in the same view, without the server's name."""
    return "?" + urlencode({"unit": unit_key, **shared(view), **more}, quote_via=quote, safe="@")


def shared(view: View) -> dict[str, str]:
    """The shared choices as they stand in an address."""
    chosen = {"period": view.period_code, "status": view.status, "lang": view.lang}
    return {name: code for name, code in chosen.items() if code and (name, code) not in _DEFAULTS}


_DEFAULTS = {("status", "all"), ("lang", "vi")}


def image(svg: str, alt: str, kind: str = "w-spark") -> str:
    """An SVG as an image: Streamlit's HTML keeps images and drops SVG."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="{kind}" alt="{esc(alt)}" src="data:image/svg+xml;base64,{data}">'


def table(label: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """A table of finished cells; the first of each row heads it. ``label`` names the table for those who cannot see it.

    A column whose name begins with ``#`` holds numbers. ``kind`` w-cards: on a telephone each row becomes a card.
    """
    names = [name.removeprefix("#") for name in columns]
    numbers = [' class="w-num"' if name.startswith("#") else "" for name in columns]
    head = "".join(
        f'<th scope="col"{number}>{esc(name)}</th>' for name, number in zip(names, numbers, strict=True)
    )
    body = []
    for row in rows:
        cells = [f'<th scope="row">{row[0]}</th>']
        cells += [
            f'<td{number} data-label="{esc(name)}"><div>{cell}</div></td>'
            for name, number, cell in zip(names[1:], numbers[1:], row[1:], strict=True)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="w-scroll" tabindex="0" role="region" aria-label="{esc(label)}"><table class="w-table {kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )  # fmt: skip


def titled(title: str, *parts: str) -> str:
    """A heading of the third rank with what follows it."""
    return f'<div class="w"><h3>{esc(title)}</h3>{"".join(parts)}</div>'


def note(text: str) -> str:
    """A small line under a table."""
    return f'<p class="w-note">{text}</p>' if text else ""


def beside(*parts: str, kind: str = "") -> str:
    """Parts side by side, one below the other on a telephone; ``kind`` w-uneven gives the first one more room."""
    return f'<div class="w-beside {kind}">{"".join(f"<div>{part}</div>" for part in parts if part)}</div>'
