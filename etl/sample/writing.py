"""From the reference tables to the files of offices."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from etl.problems import Problem
from etl.sample.anchors import HALF_YEARS, QUARTERS
from etl.sample.chance import Chance
from etl.sample.city import City, continuing_hosts
from etl.sample.irregularities import sent_on
from etl.sample.learning_models import model_reports
from etl.sample.offices import Figures, district_offices, ward_offices
from etl.sample.participation import participation_reports, rate_figures
from etl.sample.places import read_wards
from etl.sample.schools import (
    REGISTER_DATE,
    REGISTER_PERIOD,
    fill_schools,
    mark_happy_schools,
    place_schools,
    register_rows,
)

NOTE = "Số liệu minh họa"

MODEL_COLUMNS = (
    "period",
    "unit_code",
    "unit_name",
    "model",
    "total",
    "registered",
    "recognised",
    "reported_on",
    "note",
)
PARTICIPATION_COLUMNS = (
    "period",
    "unit_code",
    "unit_name",
    "indicator",
    "numerator",
    "denominator",
    "reported_on",
    "note",
)
SCHOOL_COLUMNS = (
    "as_of", "school_code", "school_name", "level", "ownership", "unit_code", "classes", "pupils", "teachers",
    "national_standard", "happy_school", "lat", "lon",
)  # fmt: skip


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise Problem(
            f"{path}: không đọc được ({error.strerror}). Cần bảng này để tạo số liệu minh họa.",
            f"{path}: cannot be read ({error.strerror}). The illustrative reports are made from it.",
        ) from error


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _write_reports(
    folder: Path,
    columns: Sequence[str],
    reports: Mapping[str, Figures],
    names: Mapping[str, Mapping[str, str]],
    chance: Chance,
) -> list[Path]:
    """One file a period, as ``names[period]`` spells its units, each unit's rows with the day it sent them."""
    written = []
    for period, figures in reports.items():
        rows = [
            [
                period,
                code,
                names[period][code],
                thing,
                *values,
                sent_on(chance, folder.name, period, code),
                NOTE,
            ]
            for (code, thing), values in sorted(figures.items(), key=lambda item: item[0][0])
        ]
        written.append(_write(folder / f"{period}.csv", columns, rows))
    return written


def write_sample(data_dir: Path, *, seed: int = 2025) -> list[Path]:
    """Write all illustrative reports below ``data_dir/sample`` and return their paths.

    Reads ``reference/unit.csv`` and ``reference/ward_district_share.csv``. Same reference and seed, same bytes.
    """
    units = _read(data_dir / "reference" / "unit.csv")
    wards = read_wards(units, _read(data_dir / "reference" / "ward_district_share.csv"))
    chance = Chance(seed)
    schools = place_schools(wards, chance)
    number = [sum(school.ward == i for school in schools) for i in range(len(wards))]
    city = City(wards, number, continuing_hosts(wards), chance)
    of_districts, of_wards = district_offices(units, wards), ward_offices(wards, city.schools)

    fill_schools(schools, wards)
    mark_happy_schools(schools, wards, rate_figures(city, of_wards, REGISTER_PERIOD, "happy_school.applied"))

    names = {period: {office.code: office.name for office in of_districts} for period in HALF_YEARS}
    names |= {period: {office.code: office.name for office in of_wards} for period in QUARTERS}
    folder = data_dir / "sample"
    return [
        *_write_reports(
            folder / "learning_models",
            MODEL_COLUMNS,
            model_reports(city, of_districts, of_wards),
            names,
            chance,
        ),
        *_write_reports(
            folder / "participation",
            PARTICIPATION_COLUMNS,
            participation_reports(city, of_districts, of_wards),
            names,
            chance,
        ),
        _write(folder / "schools" / f"{REGISTER_DATE}.csv", SCHOOL_COLUMNS, register_rows(schools, wards)),
    ]
