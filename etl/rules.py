"""Turning a contract into SQL: how text becomes a typed value, and which conditions a row must meet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.contracts import SQL_TYPE, Column, Contract
from etl.files import spelling
from etl.problems import Text

TRUE_WORDS = ("true", "1", "có", "x", "yes", "y", "đạt")
FALSE_WORDS = ("false", "0", "không", "no", "n", "chưa", "chưa đạt", "không đạt")

_TYPE_REASON = {
    "integer": Text(
        "Không phải số nguyên. Viết liền các chữ số, ví dụ 1234, không có dấu chấm, dấu phẩy hay đơn vị.",
        "Not a whole number. Write digits only, such as 1234, with no point, comma or unit.",
    ),
    "number": Text(
        "Không phải số. Dùng dấu chấm cho phần thập phân, ví dụ 21.0345.",
        "Not a number. Use a point for decimals, such as 21.0345.",
    ),
    "date": Text("Không phải ngày. Viết dạng 2025-09-30.", "Not a date. Write it as 2025-09-30."),
    "timestamp": Text("Không phải thời điểm.", "Not a time."),
    "boolean": Text(
        "Không phải có hoặc không. Viết true hoặc false.", "Neither yes nor no. Write true or false."
    ),
    "period": Text(
        "Không phải kỳ báo cáo. Viết 2025, 2025-H1, 2025-Q3 hoặc 2025-07.",
        "Not a reporting period. Write 2025, 2025-H1, 2025-Q3 or 2025-07.",
    ),
}


@dataclass(frozen=True)
class Condition:
    """One condition on a row: the SQL that holds when it is met, and what to say when it is not.

    ``detail`` is SQL of a text added to the reason, such as the name that was expected.
    """

    rule: str
    columns: tuple[str, ...]
    holds: str
    reason: Text
    detail: str | None = None


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(quoted(w) for w in words)


def normal(text: str) -> str:
    """SQL of a text in Unicode's composed normal form (NFC).

    Letters from the ranges of Vietnamese and the languages around it are in that form already, however they follow one
    another; a look at the ranges takes a seventh of the time of putting a text with diacritics into normal form.
    """
    plain = r"[\x{0}-\x{2FF}\x{1E00}-\x{1EFF}]*"
    return f"CASE WHEN regexp_full_match({text}, '{plain}') THEN {text} ELSE nfc_normalize({text}) END"


def typed_expression(column: Column) -> str:
    """SQL that turns the text ``r_<name>`` into a typed value, NULL where it cannot."""
    raw = f"r_{column.name}"
    if column.type == "period":
        return f"period_of_{column.name}.period_end"
    if column.allowed:
        branches = "".join(
            f" WHEN {quoted(word)} THEN {quoted(value.value)}"
            for value in column.allowed
            for word in dict.fromkeys(
                map(spelling, (value.value, value.label.vi, value.label.en, *value.accepts))
            )
        )
        return f"CASE lower(nfc_normalize({raw})){branches} END"
    if column.type == "integer":
        return f"CASE WHEN regexp_full_match({raw}, '[+-]?[0-9]+') THEN try_cast({raw} AS BIGINT) END"
    if column.type == "number":
        pattern = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"
        return f"CASE WHEN regexp_full_match({raw}, '{pattern}') THEN try_cast({raw} AS DOUBLE) END"
    if column.type == "date":
        return f"CASE WHEN regexp_full_match({raw}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN try_cast({raw} AS DATE) END"
    if column.type == "timestamp":
        return f"try_cast({raw} AS TIMESTAMP)"
    if column.type == "boolean":
        low = f"lower(nfc_normalize({raw}))"
        return f"CASE WHEN {low} IN ({_words(TRUE_WORDS)}) THEN true WHEN {low} IN ({_words(FALSE_WORDS)}) THEN false END"
    return normal(raw)


def _trimmed(text: str) -> str:
    """SQL of a text without spaces around it, NULL where nothing is left; most texts are seen at a glance to have none."""
    return f"CASE WHEN {text} > '!' AND NOT suffix({text}, ' ') THEN {text} ELSE nullif(trim({text}), '') END"


def _looked_up_or_typed(contract: Contract, column: Column) -> str:
    """SQL of a typed value in ``judged``. A code that was found as it stands is in normal form, as the table it is from."""
    typed = typed_expression(column)
    if column.type != "text" or column.allowed or contract.kind != "report":
        return typed
    if contract.reporting_unit and column.name == contract.reporting_unit.code:
        return f"coalesce(unit_any.code, {typed})"
    if column.references:
        return f"coalesce(ref_{column.name}.{column.references[1]}, {typed})"
    return typed


def _column_conditions(column: Column) -> list[Condition]:
    name, raw = column.name, f"r_{column.name}"
    label = column.label
    found = []
    if column.required:
        found.append(
            Condition(
                "required",
                (name,),
                f"{raw} IS NOT NULL",
                Text(f"Thiếu “{label.vi}”.", f"“{label.en}” is missing."),
            )
        )
    if column.allowed:
        codes = ", ".join(v.value for v in column.allowed)
        found.append(
            Condition(
                "allowed",
                (name,),
                f"{raw} IS NULL OR {name} IS NOT NULL",
                Text(
                    f"“{label.vi}” không thuộc các giá trị được nhận: {codes}.",
                    f"“{label.en}” is not one of: {codes}.",
                ),
            )
        )
    elif column.type != "text":
        found.append(
            Condition(
                f"type_{column.type}",
                (name,),
                f"{raw} IS NULL OR {name} IS NOT NULL",
                _TYPE_REASON[column.type],
            )
        )
    if column.minimum is not None:
        low = f"{column.minimum:g}"
        found.append(
            Condition(
                "minimum",
                (name,),
                f"{name} >= {low}",
                Text(f"“{label.vi}” nhỏ hơn {low}.", f"“{label.en}” is below {low}."),
            )
        )
    if column.maximum is not None:
        high = f"{column.maximum:g}"
        found.append(
            Condition(
                "maximum",
                (name,),
                f"{name} <= {high}",
                Text(f"“{label.vi}” lớn hơn {high}.", f"“{label.en}” exceeds {high}."),
            )
        )
    if column.pattern:
        found.append(
            Condition(
                "pattern",
                (name,),
                f"regexp_matches({name}, {quoted(column.pattern)})",
                Text(
                    f"“{label.vi}” không đúng dạng quy định.", f"“{label.en}” does not have the agreed form."
                ),
            )
        )
    return found


def _unit_conditions(contract: Contract) -> list[Condition]:
    unit = contract.reporting_unit
    if unit is None:
        return []
    found = [
        Condition(
            "unit_exists",
            (unit.code,),
            f"r_{unit.code} IS NULL OR unit_any.code IS NOT NULL",
            Text("Không có đơn vị nào mang mã này.", "No unit has this code."),
        ),
        Condition(
            "unit_in_force",
            (unit.code, unit.at),
            f"unit_any.code IS NULL OR {unit.at} IS NULL OR unit_then.unit_key IS NOT NULL",
            Text(
                "Mã này không có hiệu lực vào ngày cuối kỳ. Cấp huyện và các xã, phường cũ kết thúc ngày 30/6/2025.",
                "This code is not in force on the last day of the period. Districts and old wards ended on 30 June 2025.",
            ),
        ),
    ]
    if unit.name:
        found.append(
            Condition(
                "unit_name_matches",
                (unit.name, unit.code),
                # The exact spelling is tried first: putting ten million names into normal form takes seconds.
                f"unit_then.unit_key IS NULL OR r_{unit.name} IS NULL OR CASE WHEN r_{unit.name} = unit_then.name_vi"
                f" THEN true ELSE lower(nfc_normalize(r_{unit.name})) IN (unit_then.long_name, unit_then.short_name) END",
                Text(
                    "Tên đơn vị không khớp với mã; mã này là",
                    "The unit's name does not fit its code; the code is that of",
                ),
                detail="unit_then.name_vi",
            )
        )
    return found


def conditions(contract: Contract, present: tuple[str, ...]) -> list[Condition]:
    """All conditions on a row of a file that has the columns ``present``.

    For reports this includes references, so that each row is judged in one pass over the file.
    """
    found = [c for column in contract.columns if column.name in present for c in _column_conditions(column)]
    found += _unit_conditions(contract)
    if contract.kind == "report":
        for column in contract.columns:
            if column.references and not column.allowed and column.name in present:
                found.append(reference_condition(column, f"ref_{column.name}.{column.references[1]}"))
    for rule in contract.rules:
        found.append(Condition(rule.id, rule.columns, _with_brought(rule.check), rule.reason))
    return found


def reference_condition(column: Column, found_value: str) -> Condition:
    """The condition that a value exists where the contract says it must; ``found_value`` is SQL of the match."""
    assert column.references is not None
    where = ".".join(column.references)
    return Condition(
        "reference",
        (column.name,),
        f"{column.name} IS NULL OR {found_value} IS NOT NULL",
        Text(
            f"“{column.label.vi}” không có trong {where}.", f"“{column.label.en}” does not exist in {where}."
        ),
    )


def _with_brought(check: str) -> str:
    """``indicator__kind`` in a rule means the column ``kind`` of the row that ``indicator`` refers to."""
    return re.sub(r"\b([a-z][a-z0-9_]*?)__([a-z][a-z0-9_]*)\b", r"ref_\1.\2", check)


def derived_columns(contract: Contract) -> list[tuple[str, str, str]]:
    """(name, SQL type, SQL) of what is worked out while reading: first day of a period, key of the unit."""
    found = [
        (f"{c.name}_start", "DATE", f"period_of_{c.name}.period_start")
        for c in contract.columns
        if c.type == "period"
    ]
    if contract.reporting_unit:
        found.append(("unit_key", "VARCHAR", "unit_then.unit_key"))
    return found


def stored_columns(contract: Contract) -> list[tuple[str, str]]:
    """(name, SQL type) of a staged row. The unit's name is not kept: it was checked against the code."""
    skipped = contract.reporting_unit.name if contract.reporting_unit else None
    columns = [(c.name, SQL_TYPE[c.type]) for c in contract.columns if c.name != skipped]
    return columns + [(name, kind) for name, kind, _ in derived_columns(contract)]


def judged(contract: Contract, present: tuple[str, ...], relation: str, line: str, vintage_of: str) -> str:
    """SQL of the records of ``relation``, typed and judged: ``line``, raw text, typed values, ``ok_<n>``.

    ``relation`` has one text column per name in ``present``; ``line`` is SQL of the line number;
    ``vintage_of`` is SQL with ``{at}`` that numbers the vintage of units in force on a date.
    """
    raw = ", ".join(f"{_trimmed(n)} AS r_{n}" for n in present)
    absent = "".join(
        f", CAST(NULL AS VARCHAR) AS r_{c.name}" for c in contract.columns if c.name not in present
    )
    joins = ""
    for column in contract.columns:
        if column.type == "period":
            joins += (
                f" LEFT JOIN stage.lookup_period AS period_of_{column.name}"
                f" ON period_of_{column.name}.spelling = lower(r_{column.name})"
            )
    at_sql = ""
    unit = contract.reporting_unit
    if unit:
        at = contract.column(unit.at)
        at_sql = typed_expression(at)
        joins += (
            f" LEFT JOIN stage.lookup_unit AS unit_then ON unit_then.code = r_{unit.code}"
            f" AND unit_then.vintage = {vintage_of.format(at=at_sql)}"
            f" LEFT JOIN stage.lookup_code AS unit_any ON unit_any.code = r_{unit.code}"
        )
    for column in contract.columns:
        if contract.kind == "report" and column.references and not column.allowed:
            table, name = column.references
            joins += (
                f" LEFT JOIN (SELECT * FROM stage.{table} WHERE {name} IS NOT NULL) AS ref_{column.name}"
                f" ON ref_{column.name}.{name} = r_{column.name}"
            )
    typed = ", ".join(f"{_looked_up_or_typed(contract, c)} AS {c.name}" for c in contract.columns)
    extra = "".join(f", {sql} AS {name}" for name, _, sql in derived_columns(contract))
    checks, details = [], []
    for number, condition in enumerate(conditions(contract, present)):
        checks.append(f"coalesce({condition.holds}, true) AS ok_{number}")
        if condition.detail:
            details.append(f", {condition.detail} AS detail_{number}")
    # Typed values are worked out in an inner SELECT of their own, so that rules see them and not the joined tables.
    carried = ", ".join(
        sorted({*re.findall(r"\b(?:ref_\w+|unit_then|unit_any)\.\w+", " ".join(checks + details))})
    )
    renamed = {name: name.replace(".", "__") for name in carried.split(", ") if name}
    inner_extra = "".join(f", {name} AS {alias}" for name, alias in renamed.items())
    for name, alias in renamed.items():
        checks = [re.sub(rf"\b{re.escape(name)}\b", alias, c) for c in checks]
        details = [re.sub(rf"\b{re.escape(name)}\b", alias, d) for d in details]
    inner = (
        f"SELECT raw_rows.line, {', '.join(f'r_{c.name}' for c in contract.columns)}, {typed}{extra}{inner_extra}"
        f" FROM (SELECT {line} AS line, {raw}{absent} FROM {relation} AS source_rows) AS raw_rows{joins}"
    )
    verdict = f", {', '.join(checks)}" if checks else ""
    return f"SELECT *{verdict}{''.join(details)} FROM ({inner}) AS typed_rows"
