"""The list of members as a file: what is on screen, with its build, day, filters and sources."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from i18n import decimal, month_or_day, short_date
from queries import network, network_members
from queries.network_members import ALL, UNKNOWN, Choice, Member
from queries.text import plain
from queries.warehouse import Warehouse
from ui.context import View

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the head of a text."""


def file_name(choice: Choice, build_id: str, today: dt.date) -> str:
    """A name in ASCII that says what is inside: unesco-learning-cities_africa_2024_20261122_build-….csv."""
    sought = "-".join(plain(choice.sought).split()) if choice.sought else ALL
    kept = "".join(c for c in sought if c.isascii() and (c.isalnum() or c == "-"))[:24]
    parts = [
        p for p in (choice.region.replace("_", "-"), choice.year, choice.country, kept) if p and p != ALL
    ]
    return "_".join(["unesco-learning-cities", *(parts or [ALL]), f"{today:%Y%m%d}", f"build-{build_id}.csv"])


def members_csv(view: View, found: Warehouse, choice: Choice, today: dt.date) -> bytes:
    """UTF-8 with a byte order mark, for Excel: lines about the file, a blank line, a header, one row a city."""
    shown = network_members.chosen(found, choice)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(
        [_safe(cell) for cell in line] for line in _about(view, found, choice, len(shown), today)
    )
    writer.writerow([])
    writer.writerow(_header(view))
    writer.writerows([_safe(cell) for cell in _row(member, view)] for member in shown)
    return (BOM + text.getvalue()).encode()


def _safe(cell: Any) -> Any:
    """Text that no spreadsheet runs as a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def filter_words(view: View, choice: Choice) -> str:
    """The filters of a choice in words."""
    words = view.words
    year = words("network.joined_unknown") if choice.year == UNKNOWN else choice.year
    parts = [
        words(f"network.region_{choice.region}"),
        words("network.year_all") if choice.year == ALL else year,
        words("network.country_all") if choice.country == ALL else choice.country,
        words("network.export_search", text=choice.sought) if choice.sought else "",
    ]
    return "; ".join(part for part in parts if part)


def _about(view: View, found: Warehouse, choice: Choice, n: int, today: dt.date) -> list[list[str]]:
    words, lang = view.words, view.lang
    named = decimal(len(network_members.members(found)), lang)
    lines = [
        [words("network.export_title")],
        [words("network.export_build"), found.build_id],
        [words("network.export_day"), short_date(today, lang)],
        [words("network.export_filters"), filter_words(view, choice)],
        [words("network.export_rows"), words("network.export_rows_of", n=decimal(n, lang), named=named)],
    ]
    total = network.latest_total(found)
    if total is not None:
        when = month_or_day(total.observed_on, total.date_precision, lang)
        publisher = total.source.publisher or total.source.title
        size = words("network.export_network_of", all=decimal(total.members, lang), when=when, publisher=publisher)  # fmt: skip
        lines.append([words("network.export_network"), size])
    lines.append([words("network.export_sources"), words("network.export_sources_of")])
    return lines


def _header(view: View) -> list[str]:
    keys = (
        "city_column", "country_column", "country_code_column", "region_column", "joined_column", "evidence_column",
        "latitude_column", "longitude_column", "precision_column", "point_source_column", "population_column",
        "note_column", "source", "address_column",
    )  # fmt: skip
    return [view.words(f"network.{key}") for key in keys]


def _row(member: Member, view: View) -> list[Any]:
    words = view.words
    return [
        member.city,
        words.pick(member.country_vi, member.country),
        member.iso3,
        words(f"network.region_{member.unesco_region}"),
        member.year_joined or "",
        words(f"network.evidence_{member.evidence}"),
        member.lat if member.lat is not None else "",
        member.lon if member.lon is not None else "",
        words(f"network.precision_{member.coord_precision}") if member.coord_precision else "",
        member.coord_source or "",
        member.population or "",
        words.pick(member.note_vi, member.note_en),
        member.source.title,
        member.source.url or "",
    ]
