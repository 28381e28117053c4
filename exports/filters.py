"""What was chosen on the analyst's desk, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from exports import dictionary
from exports.text import Text, joined, said, same
from i18n import short_date
from queries.catalogue import indicators
from queries.explore import STATUSES, Choice, indicator_ids
from queries.warehouse import Warehouse, remembered

MOST_NAMES = 20
"""Names told one by one; of more only how many there are."""


def told_filters(w: Warehouse, choice: Choice) -> tuple[tuple[Text, Text], ...]:
    """Each question of a choice with its answer in words; what was left open says that all are meant."""
    return tuple(_told(w, choice))


def period_words(first: dt.date | None, last: dt.date | None) -> Text:
    """Between which days, with the days as programs write them: for names of files."""
    if first is None and last is None:
        return said("exports.all_periods")
    return same(" ".join(day.isoformat() if day else "" for day in (first, last)))


def _told(w: Warehouse, choice: Choice) -> Iterator[tuple[Text, Text]]:
    ids = indicator_ids(w, choice)
    named = {i.indicator_id: Text(i.name_vi, i.name_en) for i in indicators(w)}
    yield said("exports.filter_indicators"), _listed(ids or (), named)
    yield said("exports.filter_levels"), _listed(choice.levels, dictionary.labels(w, "unit", "level"))
    units = _units(w)
    for label, chosen, words in (
        (said("exports.filter_units"), choice.units, units),
        (said("exports.filter_districts"), choice.districts, units),
        (said("exports.filter_types"), choice.types, dictionary.labels(w, "unit", "type")),
        (said("exports.filter_peer_groups"), choice.peer_groups, _peer_groups(w)),
        (said("exports.filter_bases"), choice.bases, dictionary.labels(w, "indicator", "basis")),
    ):
        if chosen:
            yield label, _listed(chosen, words)
    yield said("exports.filter_period"), _between(choice.first, choice.last)
    everything = set(choice.statuses) == set(STATUSES)
    statuses = dictionary.labels(w, "observation", "status")
    yield said("exports.filter_statuses"), _listed(() if everything else choice.statuses, statuses)
    yield said("exports.filter_boundaries"), said(f"exports.boundaries_{choice.boundaries}")
    yield said("exports.filter_group"), said(f"exports.group_{choice.group}")
    yield said("exports.filter_shape"), said(f"exports.shape_{choice.shape}")
    yield said("exports.filter_missing"), said("exports.word_yes" if choice.missing else "exports.word_no")
    if choice.sort:
        down = choice.sort.startswith("-")
        order = said(
            "exports.order_down" if down else "exports.order_up", column=choice.sort.removeprefix("-")
        )
        yield said("exports.filter_sort"), order


def _listed(chosen: Iterable[str], words: Mapping[str, Text]) -> Text:
    """The words of what was chosen; “all” where nothing was."""
    found = [words.get(code, same(code)) for code in chosen]
    if not found:
        return said("exports.all")
    told = joined(found[:MOST_NAMES], "; ")
    rest = len(found) - MOST_NAMES
    return said("exports.and_more", names=told, n=rest) if rest > 0 else told


def _between(first: dt.date | None, last: dt.date | None) -> Text:
    if first is None and last is None:
        return said("exports.all")
    days = {
        name: Text(short_date(day, "vi"), short_date(day, "en"))
        for name, day in (("first", first), ("last", last))
    }
    if last is None:
        return said("exports.since", day=days["first"])
    if first is None:
        return said("exports.until", day=days["last"])
    return said("exports.between", first=days["first"], last=days["last"])


@remembered
def _units(w: Warehouse) -> Mapping[str, Text]:
    rows = w.rows("SELECT unit_key, name_vi, name_en FROM unit")
    return {row["unit_key"]: Text(row["name_vi"], row["name_en"]) for row in rows}


@remembered
def _peer_groups(w: Warehouse) -> Mapping[str, Text]:
    rows = w.rows("SELECT peer_group, name_vi, name_en FROM peer_group")
    return {row["peer_group"]: Text(row["name_vi"], row["name_en"]) for row in rows}
