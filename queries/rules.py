"""The project's own thresholds, as the warehouse has them."""

from __future__ import annotations

from dataclasses import dataclass

from queries.catalogue import typed
from queries.warehouse import Warehouse, remembered


@dataclass(frozen=True)
class MethodRule:
    """One threshold with its words; ``value`` is a fraction of 1 where ``unit`` is share."""

    rule_id: str
    value: float
    unit: str
    name_vi: str
    name_en: str
    explanation_vi: str
    explanation_en: str


@remembered
def method_rules(w: Warehouse) -> dict[str, MethodRule]:
    """All thresholds by id, in the order of presentation."""
    rows = w.rows("SELECT * FROM method_rule ORDER BY position")
    return {row["rule_id"]: typed(MethodRule, row) for row in rows}


def threshold(w: Warehouse, rule_id: str) -> float:
    """One threshold. KeyError where there is no such rule."""
    return method_rules(w)[rule_id].value
