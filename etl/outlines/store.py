"""Checking outlines against the list of units, and writing them where the next build finds them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from etl.outlines import geometry
from etl.outlines.fetch import PUBLIC_SOURCE, Outlines
from etl.problems import Problem

AREA_TOLERANCE = 0.05
KNOWN_DIFFERENCES = {PUBLIC_SOURCE: {"09988": 0.23, "04930": -0.09}}
"""By source and code: how far an outline's area is known to lie from the official one (Hòa Lạc, Yên Xuân)."""
KNOWN_WITHIN = 0.02
COLUMNS = ("unit_key", "geometry", "area_km2", "source_id")


@dataclass(frozen=True)
class Stored:
    """What was written: the file, how many wards and former districts, their points and bytes, the widest difference."""

    path: Path
    source_id: str
    wards: int
    districts: int
    bytes: int
    differences: dict[str, float]


def _units(data_dir: Path) -> list[dict[str, str]]:
    path = data_dir / "reference" / "unit.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise Problem(
            f"{path}: không đọc được danh mục đơn vị ({error.strerror}).",
            f"{path}: the list of units cannot be read ({error.strerror}).",
        ) from error


def prepare(outlines: Outlines, data_dir: Path) -> Stored:
    """Repair, simplify, check and write outlines. Nothing is written unless all checks pass.

    Raises Problem (exit code 1) naming each ward that is missing, strange, or whose area differs.
    """
    wards = {
        unit["code"]: unit for unit in _units(data_dir) if unit["level"] == "ward" and not unit["valid_to"]
    }
    _same_codes(outlines.by_code, wards)
    fitted = geometry.fitted(outlines.by_code)
    differences = _checked(fitted, wards, outlines.source_id)
    rows = [
        (wards[code]["unit_key"], geometry.geojson(shape), geometry.area_km2(shape), outlines.source_id)
        for code, shape in fitted.items()
    ]
    districts: dict[str, list[BaseGeometry]] = {}
    for code, shape in fitted.items():
        districts.setdefault(wards[code]["main_district_key"], []).append(shape)
    for key, shapes in districts.items():
        whole = geometry.united(shapes)
        rows.append((key, geometry.geojson(whole), geometry.area_km2(whole), outlines.source_id))
    path = data_dir / "boundaries" / "ward_outline.csv"
    _write(path, sorted(rows))
    return Stored(path, outlines.source_id, len(fitted), len(districts), path.stat().st_size, differences)


def _same_codes(found: Mapping[str, BaseGeometry], wards: Mapping[str, dict[str, str]]) -> None:
    missing = [f"{code} {wards[code]['name_vi']}" for code in sorted(set(wards) - set(found))]
    strange = sorted(set(found) - set(wards))
    if missing or strange:
        raise Problem(
            f"Ranh giới không đủ {len(wards)} phường, xã: thiếu {', '.join(missing) or 'không'}; mã lạ {', '.join(strange) or 'không'}."
            " Ranh giới cũ, nếu có, giữ nguyên.",
            f"The outlines are not those of the {len(wards)} wards: missing {', '.join(missing) or 'none'}; unknown codes {', '.join(strange) or 'none'}."
            " Former outlines, if any, are untouched.",
            exit_code=1,
        )


def _checked(
    fitted: Mapping[str, BaseGeometry], wards: Mapping[str, dict[str, str]], source_id: str
) -> dict[str, float]:
    """The relative difference of each area from the official one."""
    broken = [
        wards[code]["name_vi"] for code, shape in fitted.items() if not shape.is_valid or shape.is_empty
    ]
    if broken or not geometry.fits_together(list(fitted.values())):
        names = ", ".join(broken) or "–"
        raise Problem(
            f"Sau khi sửa, ranh giới vẫn hỏng hoặc chồng lên nhau ({names}). Ranh giới cũ, nếu có, giữ nguyên.",
            f"After repair outlines are still broken or overlap ({names}). Former outlines, if any, are untouched.",
            exit_code=1,
        )
    differences = {
        code: geometry.area_km2(shape) / float(wards[code]["area_km2"]) - 1 for code, shape in fitted.items()
    }
    known = KNOWN_DIFFERENCES.get(source_id, {})
    far = {
        code: share
        for code, share in differences.items()
        if abs(share) > AREA_TOLERANCE and abs(share - known.get(code, 0.0)) > KNOWN_WITHIN
    }
    if far:
        listed = ", ".join(f"{wards[code]['name_vi']} {share:+.1%}" for code, share in sorted(far.items()))
        raise Problem(
            f"Diện tích lệch quá {AREA_TOLERANCE:.0%} so với số chính thức: {listed}. Ranh giới cũ, nếu có, giữ nguyên.",
            f"Areas differ by more than {AREA_TOLERANCE:.0%} from the official ones: {listed}. Former outlines, if any, are untouched.",
            exit_code=1,
        )
    return differences


def _write(path: Path, rows: list[tuple[str, str, float, str]]) -> None:
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows((key, shape, f"{area:.4f}", source) for key, shape, area, source in rows)
        part.replace(path)
    except OSError as error:
        raise Problem(
            f"{path}: không ghi được ({error.strerror}).", f"{path}: cannot be written ({error.strerror})."
        ) from error
