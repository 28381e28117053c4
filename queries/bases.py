"""One basis at a time: a rate of all families and a rate of the registered ones never stand side by side.

Everything that puts several figures on one axis, in one column or in one ranking asks ``one_basis`` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from queries.catalogue import BASES

NOT_STATED = "not_stated"


class MixedBases(Exception):
    """Two bases were about to share one axis, column or ranking, or a figure whose basis nobody knows was to join."""


class HasBasis(Protocol):
    """A figure or indicator that knows what its rate is of; None for a count."""

    @property
    def basis(self) -> str | None: ...


Part = pd.DataFrame | Sequence[HasBasis] | Sequence[str]


def basis_in(indicator_id: str) -> str:
    """The basis of a rate by the name of its indicator: ``model.family.registered_of_total`` → registered_of_total."""
    last = indicator_id.rpartition(".")[2]
    if last == f"basis_{NOT_STATED}":
        return NOT_STATED
    return last if last in BASES else "of_total"


def _bases_of(part: Part) -> list[str | None]:
    if isinstance(part, pd.DataFrame):
        return [None if pd.isna(basis) else str(basis) for basis in part["basis"].tolist()]
    return [basis_in(one) if isinstance(one, str) else one.basis for one in part]


def one_basis(*parts: Part) -> str | None:
    """The basis that all parts share; None where they are counts, or where there is nothing.

    A part is figures, a frame with the column ``basis`` (one row a figure), or ids of indicators of rates, such as
    those of targets. Raises MixedBases where bases differ, and where a figure whose source does not state its basis
    would stand beside any other, even beside one of its kind: nobody knows whether they are of the same thing.
    KeyError where a frame does not say its basis.
    """
    bases = [basis for part in parts for basis in _bases_of(part)]
    kinds = set(bases)
    if len(kinds) > 1:
        raise MixedBases(f"figures on different bases: {sorted(str(kind) for kind in kinds)}")
    if NOT_STATED in kinds and len(bases) > 1:
        raise MixedBases(f"{len(bases)} figures whose sources do not state the basis")
    return kinds.pop() if kinds else None
