"""What can be asked for: each resource with its parameters, its columns and its rows. All else is made from this."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.desk import rows
from api.fields import Field, fields, observed_fields, raw_fields
from api.parameters import Parameter
from api.problems import Problem
from api.words import Both
from queries import explore
from queries.catalogue import indicators
from queries.explore import BOUNDARIES, GROUPS, LEVELS, STATUSES, Choice
from queries.warehouse import Warehouse, remembered

Values = Mapping[str, Any]
MOST_ROWS = 10_000
UNIT_KEY = r"[0-9]{2,5}(@(legacy|[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
INDICATOR_ID = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
_CODE = r"[a-z0-9_]+"
BASES = ("registered_of_total", "recognised_of_total", "recognised_of_registered", "of_total", "not_stated")

FORMAT = Parameter("format", Both("Dạng trả về; nếu không nêu thì theo đầu mục Accept.", "Format of the answer; by Accept where it is not given."), options=("json", "csv"))  # fmt: skip
ONLY_JSON = Parameter("format", FORMAT.about, options=("json",))
LANG = Parameter("lang", Both("Ngôn ngữ của tên và nhãn.", "Language of names and labels."), options=("vi", "en"), default="vi")  # fmt: skip
LIMIT = Parameter("limit", Both("Số dòng nhiều nhất của một trang.", "Rows of a page, at most."), "integer", least=1, most=MOST_ROWS, default=1_000)  # fmt: skip
OFFSET = Parameter("offset", Both("Bỏ qua bấy nhiêu dòng đầu.", "Rows to leave out before the first."), "integer", least=0, most=100_000_000, default=0)  # fmt: skip
PAGING = (LIMIT, OFFSET)


@dataclass(frozen=True)
class Page:
    """Some rows of an answer, and how many there are in all."""

    total: int
    rows: Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Resource:
    """One address. ``one`` says that it answers with one row; ``in_path`` are the parameters inside the address."""

    name: str
    path: str
    title: Both
    parameters: tuple[Parameter, ...]
    fields_of: Callable[[Warehouse, Values], tuple[Field, ...]]
    ask: Callable[[Warehouse, Values], Page]
    in_path: tuple[Parameter, ...] = ()
    one: bool = False

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """Parameters of the query, with paging, format and language."""
        return (*self.parameters, *(() if self.one else PAGING), FORMAT, LANG)


# ---- Figures ------------------------------------------------------------------------------------------------------

_SORTS = {
    "indicator": "indicator_{lang}", "unit": "unit_{lang}", "indicator_id": "indicator_id", "unit_key": "unit_key",
    "unit_code": "unit_code", "period_end": "period_end", "status": "status", "source_id": "source_id", "value": "value",
    "numerator": "numerator", "denominator": "denominator",
}  # fmt: skip

OBSERVATION_PARAMETERS = (
    Parameter("indicator", Both("Mã chỉ số, xem /indicators.", "Ids of indicators, see /indicators."), pattern=INDICATOR_ID, many=True, example="model.family.recognised_of_total"),
    Parameter("level", Both("Cấp của đơn vị.", "Tiers of units."), options=LEVELS, many=True),
    Parameter("unit", Both("Khóa đơn vị, xem /units.", "Keys of units, see /units."), pattern=UNIT_KEY, many=True),
    Parameter("district", Both("Khóa quận, huyện cũ mà đơn vị thuộc về.", "Keys of former districts that units belong to."), pattern=UNIT_KEY, many=True),
    Parameter("type", Both("Loại đơn vị.", "Types of units."), options=("thanh_pho", "quan", "huyen", "thi_xa", "phuong", "xa", "thi_tran"), many=True),
    Parameter("peer_group", Both("Nhóm đơn vị tương đồng, xem /tables/peer_group.", "Peer groups, see /tables/peer_group."), pattern=_CODE, many=True),
    Parameter("first", Both("Kỳ kết thúc từ ngày này.", "Periods that end on this day or later."), "date"),
    Parameter("last", Both("Kỳ kết thúc đến ngày này.", "Periods that end on this day or earlier."), "date"),
    Parameter("status", Both("Tình trạng số liệu khi thu thập; số minh họa không phải số thật.", "Status as collected; illustrative figures are not real."), options=STATUSES, default=STATUSES, many=True),
    Parameter("basis", Both("Mẫu số của tỷ lệ; các số đếm luôn được giữ.", "Bases of rates; counts are always kept."), options=BASES, many=True),
    Parameter("boundaries", Both("Địa giới: như báo cáo, hoặc tính lại.", "Boundaries: as reported, or re-expressed."), options=BOUNDARIES, default="reported"),
    Parameter("group", Both("Cộng theo; tỷ lệ là tổng tử số trên tổng mẫu số.", "Sum by; a rate is a sum over a sum."), options=GROUPS, default="none"),
    Parameter("missing", Both("Thêm dòng cho đơn vị phải có số nhưng không có.", "Add rows for units that should have a figure and have none."), "boolean", default=False),
    Parameter("sort", Both("Xếp theo cột; dấu - ở trước là từ lớn đến nhỏ.", "Order by a column; - before it for the largest first."), options=tuple(s for name in _SORTS for s in (name, f"-{name}"))),
)  # fmt: skip


def choice_of(values: Values) -> Choice:
    """The explore page's choice that the parameters say."""
    sort = values["sort"] or ""
    name = sort.removeprefix("-")
    column = _SORTS[name].format(lang=values["lang"]) if name else ""
    return Choice(
        indicators=values["indicator"], levels=values["level"], units=values["unit"], districts=values["district"], types=values["type"],
        peer_groups=values["peer_group"], first=values["first"], last=values["last"], statuses=values["status"], bases=values["basis"],
        boundaries=values["boundaries"], group=values["group"], missing=values["missing"],
        sort=f"-{column}" if sort.startswith("-") else column,
    )  # fmt: skip


@remembered
def _keys(w: Warehouse, table: str, column: str) -> frozenset[str]:
    return frozenset(row["key"] for row in w.rows(f"SELECT DISTINCT {column} AS key FROM {table}"))  # noqa: S608


def _hold(name: str, asked: tuple[str, ...], known: frozenset[str]) -> None:
    for value in asked:
        if value not in known:
            near = _nearest(value, known)
            hint = Both(f" Gần nhất: {near}." if near else "", f" The nearest is {near}." if near else "")
            raise Problem(
                "no-such-value",
                Both(f"Tham số {name}: không có “{value[:80]}”.{hint.vi}", f"The parameter {name}: there is no “{value[:80]}”.{hint.en}"),
                name,
            )  # fmt: skip


def _nearest(value: str, known: frozenset[str]) -> str | None:
    import difflib

    found = difflib.get_close_matches(value[:80], sorted(known), 1, 0.7)
    return found[0] if found else None


@functools.lru_cache(maxsize=64)
def _count(w: Warehouse, choice: Choice) -> int:
    return explore.count(w, explore.asked(w, choice))


def _observations(w: Warehouse, values: Values) -> Page:
    choice = choice_of(values)
    _hold("indicator", choice.indicators, frozenset(i.indicator_id for i in indicators(w)))
    _hold("unit", choice.units, _keys(w, "unit", "unit_key"))
    _hold("district", choice.districts, _keys(w, "unit", "unit_key"))
    _hold("peer_group", choice.peer_groups, _keys(w, "peer_group", "peer_group"))
    table = explore.asked(w, choice)
    sql = f"SELECT * FROM ({table.sql}) LIMIT ? OFFSET ?"  # noqa: S608
    found = rows(w, sql, *table.parameters, values["limit"], values["offset"])
    return Page(_count(w, choice), ({"origin_status": row["status"], **row} for row in found))


# ---- Tables -------------------------------------------------------------------------------------------------------


def _table_page(
    w: Warehouse, table: str, order: str, values: Values, columns: Mapping[str, str] | None = None
) -> Page:
    """Rows of a table in an order without ties; ``columns`` says which column each filter is about."""
    kept, given = [], []
    for name, condition in (columns or {}).items():
        value = values[name]
        if value not in ((), None):
            kept.append(condition)
            given.append(list(value) if isinstance(value, tuple) else value)
    where = f"WHERE {' AND '.join(kept)}" if kept else ""
    total = w.rows(f"SELECT count(*) AS n FROM {table} {where}", *given)[0]["n"]  # noqa: S608
    sql = f"SELECT * FROM {table} {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    return Page(total, rows(w, sql, *given, values["limit"], values["offset"]))


def _one(w: Warehouse, name: str, value: str, sql: str, *parameters: Any) -> Page:
    found = list(rows(w, sql, *parameters))
    if not found:
        raise Problem(
            "no-such-value", Both(f"Không có “{value[:80]}”.", f"There is no “{value[:80]}”."), name
        )
    return Page(1, iter(found[:1]))


def _fields(table: str) -> Callable[[Warehouse, Values], tuple[Field, ...]]:
    return lambda w, _: fields(w, table)


UNIT_IN_PATH = Parameter("unit_key", Both("Khóa đơn vị, ví dụ 00097@2025-07-01.", "Key of the unit, for example 00097@2025-07-01."), pattern=UNIT_KEY, example="00097@2025-07-01")  # fmt: skip
INDICATOR_IN_PATH = Parameter("indicator_id", Both("Mã chỉ số.", "Id of the indicator."), pattern=INDICATOR_ID, example="model.family.recognised_of_total")  # fmt: skip
SCHOOL_IN_PATH = Parameter("code", Both("Mã trường.", "Code of the school."), pattern=r"[0-9A-Za-z_.-]{1,60}")  # fmt: skip
SOURCE_IN_PATH = Parameter("source_id", Both("Mã nguồn.", "Id of the source."), pattern=r"[0-9a-z_.-]{1,120}", example="gso-unit-list")  # fmt: skip
TABLE_IN_PATH = Parameter("table", Both("Tên bảng, xem /api/v1/.", "Name of the table, see /api/v1/."), pattern=_CODE, example="peer_group")  # fmt: skip
SCHOOL_LEVELS = ("preschool", "primary", "lower_secondary", "upper_secondary", "multi_level", "continuing", "vocational", "college", "university")  # fmt: skip
AS_OF = Parameter("as_of", Both("Ngày của danh sách trường; không nêu thì mọi ngày.", "Day of the register; every day where it is not given."), "date")  # fmt: skip
AS_OF_ONE = Parameter("as_of", Both("Ngày của danh sách trường; không nêu thì ngày mới nhất.", "Day of the register; the latest where it is not given."), "date")  # fmt: skip


def _school(w: Warehouse, values: Values) -> Page:
    day = values["as_of"]
    return _one(
        w, "code", values["code"],
        "SELECT * FROM school WHERE school_code = ? AND (? IS NULL OR as_of = ?) ORDER BY as_of DESC LIMIT 1", values["code"], day, day,
    )  # fmt: skip


@remembered
def table_titles(w: Warehouse) -> dict[str, Both]:
    """The documented tables with their titles."""
    listed = w.rows("SELECT table_name, title_vi, title_en FROM dictionary_table ORDER BY table_name")
    return {row["table_name"]: Both(row["title_vi"], row["title_en"]) for row in listed}


def _known_table(w: Warehouse, values: Values) -> str:
    name = str(values["table"])
    if name not in table_titles(w):
        _hold("table", (name,), frozenset(table_titles(w)))
    return name


def _order(w: Warehouse, table: str) -> str:
    """The key of a table, or all its columns, so that pages neither repeat nor skip a row."""
    keys = w.rows(
        "SELECT column_name FROM dictionary_column WHERE table_name = ? AND key_position IS NOT NULL ORDER BY key_position", table
    )  # fmt: skip
    return ", ".join(f'"{row["column_name"]}"' for row in keys) or "ALL"


def _table(w: Warehouse, values: Values) -> Page:
    table = _known_table(w, values)
    return _table_page(w, f'"{table}"', _order(w, table), values)


RESOURCES: tuple[Resource, ...] = (
    Resource(
        "observations", "/observations", Both("Số liệu, với mọi bộ lọc của trang Tra cứu", "Figures, with all filters of the explore page"),
        OBSERVATION_PARAMETERS, lambda w, _: observed_fields(w), _observations,
    ),
    Resource(
        "units", "/units", Both("Đơn vị hành chính: thành phố, quận huyện cũ, phường xã", "Administrative units: city, former districts, wards"),
        (
            Parameter("level", Both("Cấp.", "Tiers."), options=LEVELS, many=True),
            Parameter("type", Both("Loại.", "Types."), options=("thanh_pho", "quan", "huyen", "thi_xa", "phuong", "xa", "thi_tran"), many=True),
            Parameter("district", Both("Khóa quận, huyện cũ.", "Keys of former districts."), pattern=UNIT_KEY, many=True),
            Parameter("on", Both("Đơn vị có hiệu lực vào ngày này.", "Units in force on this day."), "date"),
        ),
        _fields("unit"),
        lambda w, v: _table_page(w, "unit", "unit_key", v, {
            "level": "list_contains(?, level)", "type": "list_contains(?, type)", "district": "list_contains(?, main_district_key)",
            "on": "? BETWEEN coalesce(valid_from, DATE '0001-01-01') AND coalesce(valid_to, DATE '9999-12-31')",
        }),
    ),
    Resource(
        "unit", "/units/{unit_key}", Both("Một đơn vị", "One unit"), (), _fields("unit"),
        lambda w, v: _one(w, "unit_key", v["unit_key"], "SELECT * FROM unit WHERE unit_key = ?", v["unit_key"]), (UNIT_IN_PATH,), True,
    ),
    Resource(
        "indicators", "/indicators", Both("Danh mục chỉ số", "Catalogue of indicators"),
        (
            Parameter("theme", Both("Chủ đề.", "Themes."), options=("model", "participation", "school", "association", "population", "network", "plan"), many=True),
            Parameter("basis", Both("Mẫu số của tỷ lệ.", "Bases of rates."), options=BASES, many=True),
        ),
        _fields("indicator"),
        lambda w, v: _table_page(w, "indicator", "position, indicator_id", v, {"theme": "list_contains(?, theme)", "basis": "list_contains(?, basis)"}),
    ),
    Resource(
        "indicator", "/indicators/{indicator_id}", Both("Một chỉ số", "One indicator"), (), _fields("indicator"),
        lambda w, v: _one(w, "indicator_id", v["indicator_id"], "SELECT * FROM indicator WHERE indicator_id = ?", v["indicator_id"]),
        (INDICATOR_IN_PATH,), True,
    ),
    Resource(
        "schools", "/schools", Both("Danh sách trường", "School register"),
        (
            AS_OF,
            Parameter("level", Both("Cấp học.", "Levels of schools."), options=SCHOOL_LEVELS, many=True),
            Parameter("ownership", Both("Loại hình.", "Ownership."), options=("public", "private"), many=True),
            Parameter("unit", Both("Khóa phường, xã.", "Keys of wards."), pattern=UNIT_KEY, many=True),
            Parameter("status", Both("Tình trạng số liệu.", "Status of the figures."), options=STATUSES, many=True),
        ),
        _fields("school"),
        lambda w, v: _table_page(w, "school", "as_of DESC, school_code", v, {
            "as_of": "as_of = ?", "level": "list_contains(?, level)", "ownership": "list_contains(?, ownership)",
            "unit": "list_contains(?, unit_key)", "status": "list_contains(?, status)",
        }),
    ),
    Resource("school", "/schools/{code}", Both("Một trường", "One school"), (AS_OF_ONE,), _fields("school"), _school, (SCHOOL_IN_PATH,), True),
    Resource(
        "members", "/members", Both("Thành phố thành viên Mạng lưới của UNESCO", "Member cities of UNESCO's network"),
        (
            Parameter("region", Both("Khu vực.", "Regions."), options=("africa", "arab_states", "asia_pacific", "europe_north_america", "latin_america_caribbean"), many=True),
            Parameter("country", Both("Mã nước, ba chữ (ISO 3166).", "Country codes of three letters (ISO 3166)."), pattern=r"[A-Z]{3}", many=True),
            Parameter("year", Both("Năm gia nhập.", "Year of joining."), "integer", least=2013, most=2100),
        ),
        _fields("member_city"),
        lambda w, v: _table_page(w, "member_city", "country, city", v, {
            "region": "list_contains(?, unesco_region)", "country": "list_contains(?, iso3)", "year": "year_joined = ?",
        }),
    ),
    Resource(
        "sources", "/sources", Both("Nguồn của số liệu", "Sources of the figures"),
        (Parameter("kind", Both("Loại nguồn.", "Kinds of sources."), options=("law", "official", "legal_portal", "press", "dataset", "derived", "font", "sample", "report", "not_recorded"), many=True),),
        _fields("source"), lambda w, v: _table_page(w, "source", "source_id", v, {"kind": "list_contains(?, kind)"}),
    ),
    Resource(
        "source", "/sources/{source_id}", Both("Một nguồn", "One source"), (), _fields("source"),
        lambda w, v: _one(w, "source_id", v["source_id"], "SELECT * FROM source WHERE source_id = ?", v["source_id"]), (SOURCE_IN_PATH,), True,
    ),
    Resource(
        "table", "/tables/{table}", Both("Một bảng của kho số liệu, nguyên cột", "One table of the warehouse, columns as they are"), (),
        lambda w, v: raw_fields(w, _known_table(w, v)), _table, (TABLE_IN_PATH,),
    ),
)  # fmt: skip
