"""The data dictionary, written from the contracts: what every table and column means, in both languages."""

from __future__ import annotations

from etl.contracts import Column, Contract, load_contracts

_KINDS = {
    "report": ("Tệp báo cáo của đơn vị", "Files that offices send"),
    "published": ("Số liệu đã công bố", "Published figures"),
    "reference": ("Bảng tham chiếu", "Reference tables"),
    "outline": ("Ranh giới", "Outlines"),
    "mart": ("Bảng của kho số liệu", "Tables of the warehouse"),
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _rules(column: Column) -> str:
    words = []
    if column.required:
        words.append("bắt buộc / required")
    if column.allowed:
        words.append(", ".join(f"`{v.value}`" for v in column.allowed))
    if column.minimum is not None:
        words.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        words.append(f"≤ {column.maximum:g}")
    if column.references:
        words.append(f"→ `{'.'.join(column.references)}`")
    return "; ".join(words)


def _table(contract: Contract) -> list[str]:
    lines = [
        f"### `{contract.table}`: {contract.title.vi} / {contract.title.en}",
        "",
        f"Một dòng: {contract.row.vi}. One row: {contract.row.en}. Khóa / key: `{', '.join(contract.key)}`.",
        "",
    ]
    if contract.cadence:
        lines += [f"Nhịp: {contract.cadence.vi}. Cadence: {contract.cadence.en}.", ""]
    for caveat in contract.caveats:
        lines += [f"> {caveat.vi}", ">", f"> {caveat.en}", ""]
    lines += ["| cột / column | kiểu / type | nghĩa | meaning | quy tắc / rules |", "|---|---|---|---|---|"]
    for column in contract.columns:
        lines.append(
            f"| `{column.name}` | {column.type} | **{_cell(column.label.vi)}**. {_cell(column.definition.vi)} "
            f"| **{_cell(column.label.en)}**. {_cell(column.definition.en)} | {_cell(_rules(column))} |"
        )
    lines.append("")
    if contract.rules:
        lines += ["Quy tắc giữa các cột / rules across columns:", ""]
        lines += [f"- `{_cell(r.check)}`: {r.reason.vi} / {r.reason.en}" for r in contract.rules]
        lines.append("")
    return lines


def data_dictionary() -> str:
    """The whole dictionary as Markdown, in a fixed order."""
    lines = [
        "# Từ điển dữ liệu / Data dictionary",
        "",
        "Sinh từ `etl/contracts/*.yml` bằng `python -m etl dictionary`; không sửa tay. "
        "Generated from `etl/contracts/*.yml` by `python -m etl dictionary`; do not edit by hand.",
        "",
    ]
    for kind, (vi, en) in _KINDS.items():
        lines += [f"## {vi} / {en}", ""]
        for contract in load_contracts().values():
            if contract.kind == kind:
                lines += _table(contract)
    return "\n".join(lines).rstrip() + "\n"
