"""Peer groups: wards and former districts that are alike in type, density and size."""

from __future__ import annotations

from dataclasses import dataclass

from queries.catalogue import typed
from queries.warehouse import Warehouse, remembered


@dataclass(frozen=True)
class PeerGroup:
    """A group with its rule in words and its members; ``level`` is ward or district."""

    peer_group: str
    level: str
    name_vi: str
    name_en: str
    reason_vi: str
    reason_en: str
    members: tuple[str, ...]


@remembered
def peer_groups(w: Warehouse) -> dict[str, PeerGroup]:
    """All groups that have members, by code, in the order of presentation; members by name."""
    rows = w.rows(
        """
        SELECT g.peer_group, g.level, g.name_vi, g.name_en, g.reason_vi, g.reason_en,
               list(m.unit_key ORDER BY u.name_vi COLLATE vi) AS members
        FROM peer_group AS g JOIN unit_peer_group AS m USING (peer_group) JOIN unit AS u USING (unit_key)
        GROUP BY ALL ORDER BY any_value(g.position)
        """
    )
    return {row["peer_group"]: typed(PeerGroup, row | {"members": tuple(row["members"])}) for row in rows}


def peer_group_of(w: Warehouse, unit_key: str) -> PeerGroup | None:
    """The group of a ward of today or a former district; None for any other unit."""
    return next((group for group in peer_groups(w).values() if unit_key in group.members), None)
