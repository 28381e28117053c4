"""Which files there are, what table each belongs to, and a fingerprint of them all."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from etl.contracts import FOLDER as CONTRACTS_FOLDER
from etl.contracts import Contract
from etl.problems import Problem

DELIMITERS = (",", ";", "\t")
STATUS_OF_FOLDER = {"reports": "reported", "sample": "illustrative"}
_HEADER_BYTES = 64 * 1024
_CODE = sorted(
    [
        *CONTRACTS_FOLDER.parent.glob("*.py"),
        *CONTRACTS_FOLDER.glob("*"),
        *CONTRACTS_FOLDER.parent.glob("marts/*.sql"),
    ]
)


@dataclass(frozen=True)
class InputFile:
    """One input file, recognised. ``columns`` are contract column names in the file's order."""

    path: Path
    name: str
    table: str
    status: str
    delimiter: str
    columns: tuple[str, ...]
    size: int
    sha256: str


def spelling(text: str) -> str:
    """A header or a value reduced for comparison: NFC, lower case, single spaces, no byte order mark."""
    return " ".join(unicodedata.normalize("NFC", text).lstrip("\ufeff").casefold().split())


_spellings_known: dict[int, tuple[Contract, dict[str, str]]] = {}


def _spellings(contract: Contract) -> dict[str, str]:
    """Every accepted header of a contract, worked out once: there may be thousands of files."""
    known = _spellings_known.get(id(contract))
    if known and known[0] is contract:
        return known[1]
    found: dict[str, str] = {}
    for column in contract.columns:
        for header in (column.name, column.label.vi, column.label.en, *column.headers):
            found.setdefault(spelling(header), column.name)
    _spellings_known[id(contract)] = (contract, found)
    return found


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(
        f"{name}: không đọc được tệp ({error.strerror}). Kiểm tra tên tệp và quyền đọc.",
        f"{name}: the file cannot be read ({error.strerror}). Check its name and permissions.",
        file=name,
    )


def _first_line(path: Path, name: str) -> str:
    try:
        if path.is_dir():
            raise Problem(
                f"{name}: đây là thư mục, cần một tệp CSV.",
                f"{name}: this is a folder; a CSV file is needed.",
                file=name,
            )
        with path.open("rb") as stream:
            start = stream.read(_HEADER_BYTES)
    except FileNotFoundError as error:
        raise Problem(f"{name}: không có tệp này.", f"{name}: there is no such file.", file=name) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    if not start.strip():
        raise Problem(
            f"{name}: tệp rỗng. Cần ít nhất một dòng tiêu đề.",
            f"{name}: the file is empty. It needs at least a header line.",
            file=name,
        )
    if start[:4] == b"PK\x03\x04":
        raise Problem(
            f"{name}: đây là tệp Excel. Hãy lưu thành CSV UTF-8 rồi gửi lại.",
            f"{name}: this is an Excel workbook. Save it as CSV UTF-8 and send it again.",
            file=name,
        )
    line = start.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", 1)[0]
    if b"\0" in line:  # UTF-16 without its mark
        raise wrong_encoding(name, 1)
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong_encoding(name, 1) from error


def wrong_encoding(name: str, line: int) -> Problem:
    """The message for bytes that are not UTF-8."""
    return Problem(
        f"{name}, dòng {line}: không phải UTF-8. Trong Excel, chọn “CSV UTF-8 (phân tách bằng dấu phẩy)” khi lưu.",
        f"{name}, line {line}: not UTF-8. In Excel, choose “CSV UTF-8 (comma delimited)” when saving.",
        file=name,
    )


def recognise(path: Path, name: str, candidates: list[Contract], status: str) -> InputFile:
    """Read the header line and match it to exactly one contract.

    The delimiter is whichever of comma, semicolon and tab makes the header fit. Raises Problem where the
    file cannot be read, is empty, is not UTF-8, or has unknown, missing or repeated columns.
    """
    line = _first_line(path, name)
    best: tuple[int, Contract, str, list[str], list[str], list[str]] | None = None
    for contract in candidates:
        known = _spellings(contract)
        for delimiter in DELIMITERS:
            cells = next(csv.reader([line], delimiter=delimiter))
            named = [known.get(spelling(cell), "") for cell in cells]
            unknown = [cell for cell, column in zip(cells, named, strict=True) if not column]
            missing = [c.name for c in contract.columns if c.required and c.name not in named]
            score = sum(1 for column in named if column) - len(unknown) - len(missing)
            if best is None or score > best[0]:
                best = (score, contract, delimiter, named, unknown, missing)
    assert best is not None
    _, contract, delimiter, named, unknown, missing = best
    repeated = sorted({column for column in named if column and named.count(column) > 1})
    accepted = ", ".join(c.name for c in contract.columns)
    if unknown or missing or repeated:
        parts_vi, parts_en = [], []
        if unknown:
            parts_vi.append(f"cột lạ: {', '.join(unknown)}")
            parts_en.append(f"unknown column: {', '.join(unknown)}")
        if missing:
            parts_vi.append(f"thiếu cột: {', '.join(missing)}")
            parts_en.append(f"missing column: {', '.join(missing)}")
        if repeated:
            parts_vi.append(f"cột lặp lại: {', '.join(repeated)}")
            parts_en.append(f"repeated column: {', '.join(repeated)}")
        raise Problem(
            f"{name}, dòng 1: {'; '.join(parts_vi)}. Bảng “{contract.title.vi}” nhận các cột: {accepted}.",
            f"{name}, line 1: {'; '.join(parts_en)}. The table “{contract.title.en}” takes the columns: {accepted}.",
            file=name,
        )
    try:
        size, digest = path.stat().st_size, sha256_of(path)
    except OSError as error:
        raise _unreadable(name, error) from error
    return InputFile(path, name, contract.table, status, delimiter, tuple(named), size, digest)


def _csv_below(folder: Path, data_dir: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_dir() and path.suffix.lower() != ".csv":
            continue
        if hidden or path.name.startswith("~$") or path.suffix.lower() == ".md":
            continue
        if path.suffix.lower() not in (".csv", ".xlsx", ".xls"):
            name = path.relative_to(data_dir).as_posix()
            raise Problem(
                f"{name}: loại tệp không nhận. Chỉ nhận tệp .csv trong thư mục này.",
                f"{name}: this kind of file is not taken. Only .csv files belong in this folder.",
                file=name,
            )
        yield path


def discover(data_dir: Path, contracts: dict[str, Contract], *, reports: bool = True) -> list[InputFile]:
    """All input files below ``data_dir``, reference tables first, in a fixed order.

    ``reports=False`` leaves out published figures, office reports and the sample.
    """
    if not data_dir.is_dir():
        raise Problem(
            f"{data_dir}: không có thư mục dữ liệu này.", f"{data_dir}: there is no such data folder."
        )
    found = [
        recognise(data_dir / "reference" / f"{c.table}.csv", f"reference/{c.table}.csv", [c], "reference")
        for c in contracts.values()
        if c.kind == "reference"
    ]
    if not reports:
        return found
    for contract in contracts.values():
        path = data_dir / "boundaries" / f"{contract.table}.csv"
        if contract.kind == "outline" and path.is_file():  # they come by `etl boundaries`, or not at all
            found.append(recognise(path, path.relative_to(data_dir).as_posix(), [contract], "reference"))
    published = [c for c in contracts.values() if c.kind == "published"]
    for path in _csv_below(data_dir / "published", data_dir):
        found.append(recognise(path, path.relative_to(data_dir).as_posix(), published, "published"))
    return found + report_files(data_dir, contracts)


def report_files(data_dir: Path, contracts: dict[str, Contract]) -> list[InputFile]:
    """Office reports and the sample, in a fixed order. Raises Problem."""
    office = [c for c in contracts.values() if c.kind == "report"]
    found = [
        (path, status)
        for folder, status in STATUS_OF_FOLDER.items()
        for path in _csv_below(data_dir / folder, data_dir)
    ]
    with ThreadPoolExecutor() as pool:  # fingerprints of large files are taken side by side
        return list(
            pool.map(
                lambda one: recognise(one[0], one[0].relative_to(data_dir).as_posix(), office, one[1]), found
            )
        )


def build_id_of(files: list[InputFile]) -> str:
    """The id of a build: a digest of every input's name and bytes and of the code that turns them into tables."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.sha256}\n".encode())
    for line in _code_lines():
        digest.update(line.encode())
    return f"b{digest.hexdigest()[:12]}"


def _code_lines() -> list[str]:
    return [f"{path.name}\0{sha256_of(path)}\n" for path in _CODE if path.is_file()]


def digest_of_code() -> str:
    """Hex digest of the code, contracts and marts that turn files into tables."""
    return hashlib.sha256("".join(_code_lines()).encode()).hexdigest()
