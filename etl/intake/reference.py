"""What files are held against: units with their validity, spellings of models and indicators, contracts, the day."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from etl.contracts import Contract, load_contracts
from etl.files import recognise
from etl.intake.encodings import words_of
from etl.intake.folding import fold

_OFFICIAL = (
    "cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc ủy ban nhân dân tổng người ngày tháng năm"
    " kết quả thực hiện biểu đơn vị tính báo cáo lập bảng thủ trưởng ký tên đóng dấu ghi chú kỳ số liệu"
)


@dataclass(frozen=True)
class Unit:
    """One unit of the catalogue. ``valid_from`` None: since before 2025; ``valid_to`` None: still in force."""

    key: str
    code: str
    name: str
    short_name: str
    level: str
    type: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    name_en: str

    def in_force(self, day: dt.date) -> bool:
        """Whether the unit exists on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Reference:
    """Loaded once, read by every file. ``today`` decides which periods lie in the future.

    ``successors``: unit_key → (unit_key, ``whole`` or ``part``) of what it became on 1 July 2025.
    ``spellings``: (table, column) → folded spelling → codes that it may mean.
    ``indicator_kinds``: report code → ``rate`` or ``count``. ``data_dir``: where it was loaded from.
    """

    contracts: Mapping[str, Contract]
    units: tuple[Unit, ...]
    successors: Mapping[str, tuple[tuple[str, str], ...]]
    spellings: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]
    indicator_kinds: Mapping[str, str]
    vocabulary: frozenset[str]
    today: dt.date
    by_code: Mapping[str, tuple[Unit, ...]]
    by_fold: Mapping[str, tuple[Unit, ...]]
    by_key: Mapping[str, Unit]
    data_dir: Path

    def reports(self) -> list[Contract]:
        """The contracts of what offices send."""
        return [c for c in self.contracts.values() if c.kind == "report"]


def records(data_dir: Path, table: str) -> Iterator[dict[str, str]]:
    """Records of a reference table; its header is held to its contract. Raises Problem."""
    path = data_dir / "reference" / f"{table}.csv"
    file = recognise(path, f"reference/{table}.csv", [load_contracts()[table]], "reference")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=file.delimiter)
        next(reader)
        for record in reader:
            yield dict(zip(file.columns, record, strict=True))


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _units(data_dir: Path) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            r["unit_key"], r["code"], r["name_vi"], r["short_name_vi"], r["level"], r["type"],
            _date(r["valid_from"]), _date(r["valid_to"]), r["name_en"],
        )
        for r in records(data_dir, "unit")
    )  # fmt: skip


def _grouped(units: tuple[Unit, ...], folded: bool) -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        names = {fold(unit.name), fold(unit.short_name)} if folded else {unit.code}
        for name in names:
            found[name].append(unit)
    return {name: tuple(same) for name, same in found.items()}


_SHORT_FORMS = {
    "gdht": {"family"},
    "dhht": {"clan"},
    "dvht": {"unit"},
    "cdht": {
        "citizen_resident",
        "citizen_staff",
        "community",
    },  # citizens and communities share their initials
    "cong dan hoc tap": {"citizen_resident", "citizen_staff"},
}
"""How offices shorten the names of models, folded, with all that each may mean."""

_Spellings = dict[str, set[str]]


def _allowed_spellings(contracts: Mapping[str, Contract]) -> dict[tuple[str, str], _Spellings]:
    found: dict[tuple[str, str], _Spellings] = {}
    for contract in contracts.values():
        for column in contract.columns if contract.kind == "report" else ():
            words: _Spellings = defaultdict(set)
            for value in column.allowed:
                for word in (value.value, value.label.vi, value.label.en, *value.accepts):
                    words[fold(word)].add(value.value)
            if words:
                found[contract.table, column.name] = words
    return found


def _spellings(
    contracts: Mapping[str, Contract], models: list[dict[str, str]], indicators: list[dict[str, str]]
) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    found = _allowed_spellings(contracts)
    own = found["learning_models", "model"]
    for model in models:
        for name in ("name_vi", "name_en", "short_name_vi"):
            own[fold(model[name])].add(model["model"])
    for word, codes in _SHORT_FORMS.items():
        own[word] |= codes
    named: _Spellings = defaultdict(set)
    for indicator in indicators:
        code = indicator["report_code"]
        for name in ("report_code", "name_vi", "short_name_vi", "name_en") if code else ():
            named[fold(indicator[name])].add(code)
    found["participation", "indicator"] = named
    return {place: {w: frozenset(c) for w, c in words.items()} for place, words in found.items()}


def _vocabulary(contracts: Mapping[str, Contract], units: tuple[Unit, ...]) -> frozenset[str]:
    words = words_of(_OFFICIAL)
    for contract in contracts.values():
        if contract.kind == "report":
            for column in contract.columns:
                for text in (column.label.vi, *column.headers, *(v.label.vi for v in column.allowed)):
                    words |= words_of(text)
    for unit in units:
        words |= words_of(unit.name)
    return frozenset(words)


def load_reference(data_dir: Path, today: dt.date | None = None) -> Reference:
    """The reference of a data folder. ``today`` defaults to the day in Hà Nội. Raises Problem on unusable tables."""
    contracts = load_contracts()
    units = _units(data_dir)
    successors: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in records(data_dir, "ward_succession"):
        successors[record["from_key"]].append((record["to_key"], record["part"]))
    models = list(records(data_dir, "learning_model"))
    indicators = list(records(data_dir, "indicator"))
    return Reference(
        contracts=contracts,
        units=units,
        successors={key: tuple(to) for key, to in successors.items()},
        spellings=_spellings(contracts, models, indicators),
        indicator_kinds={i["report_code"]: i["kind"] for i in indicators if i["report_code"]},
        vocabulary=_vocabulary(contracts, units),
        today=today or dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date(),
        by_code=_grouped(units, folded=False),
        by_fold=_grouped(units, folded=True),
        by_key={unit.key: unit for unit in units},
        data_dir=data_dir,
    )
