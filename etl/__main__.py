"""The command line: ``python -m etl build | check | status | rollback | sample | boundaries | dictionary``, and the
commands of handing in (``etl/intake/commands.py``).

Exit codes: 0 done; 1 done or stopped with findings in the data; 2 unusable input or arguments.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from etl import build as building
from etl import publish
from etl.dictionary import data_dictionary
from etl.intake import commands as handing_in
from etl.problems import Problem
from etl.progress import ProgressReport
from etl.sample import write_sample

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m etl", description="Dựng kho số liệu / Build the warehouse."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--json", action="store_true", help="kết quả dạng JSON / machine-readable result")
        sub.add_argument("--data", type=Path, default=DATA, help="thư mục dữ liệu / data folder")
        sub.add_argument("--out", type=Path, help="thư mục kho số liệu / warehouse folder (DATA/warehouse)")
        return sub

    sub = command("build", "dựng và xuất bản / build and publish")
    sub.add_argument("--allow-shrink", action="store_true", help="cho phép bảng nhỏ đi / let tables shrink")
    sub.add_argument("--full", action="store_true", help="đọc lại mọi tệp / read every file again")
    sub.add_argument(
        "--if-stale", action="store_true", help="chỉ dựng khi đầu vào đã đổi / only when inputs changed"
    )
    sub = command("check", "kiểm tra tệp, không nạp / check files without loading them")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE")
    sub.add_argument(
        "--annotate",
        type=Path,
        metavar="DIR",
        help="ghi bản XLSX có đánh dấu vào DIR / write marked copies into DIR",
    )
    command("status", "bản đang dùng / what is published")
    command("rollback", "quay lại bản trước / go back one build")
    command("sample", "sinh số liệu minh họa / write the illustrative sample")
    sub = command("boundaries", "lấy ranh giới phường, xã để vẽ bản đồ / get the outlines of wards for maps")
    sub.add_argument("--from", dest="place", metavar="PATH_OR_URL", help="một tệp GeoJSON / one GeoJSON file")
    sub.add_argument(
        "--try-once",
        action="store_true",
        help="thử nhanh một lần, không báo lỗi / one short try, never an error",
    )
    sub = command("dictionary", "ghi docs/data-dictionary.md / write docs/data-dictionary.md")
    sub.add_argument("--to", type=Path, default=ROOT / "docs" / "data-dictionary.md")
    handing_in.add_commands(command)
    return parser


def _build(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    if args.if_stale and not building.is_stale(args.data, args.out):
        build_id = publish.current_build_id(args.out)
        return (
            0,
            {"build_id": build_id, "unchanged": True},
            [f"Bản {build_id} đã đúng với dữ liệu. / Build {build_id} is up to date."],
        )
    result = building.build(
        args.data,
        args.out,
        allow_shrink=args.allow_shrink,
        progress=ProgressReport(enabled=not args.json),
        full=args.full,
    )
    if result.unchanged:
        return (
            0,
            {"build_id": result.build_id, "unchanged": True},
            [f"Bản {result.build_id} đã có từ trước. / Build {result.build_id} existed already."],
        )
    rows = sum(c.rows_in for c in result.files)
    duplicate = sum(c.duplicate for c in result.files)
    kept = rows - result.rejected - duplicate
    lines = [
        f"Đã xuất bản {result.build_id}: {len(result.files)} tệp, {rows} dòng vào = {kept} giữ + {result.rejected} từ chối"
        f" + {duplicate} trùng.",
        f"Published {result.build_id}: {len(result.files)} files, {rows} rows in = {kept} kept + {result.rejected} rejected"
        f" + {duplicate} duplicate.",
    ]
    for count in result.files:
        if count.rejected:
            lines.append(f"  {count.file.name}: {count.rejected} dòng bị từ chối / rows rejected")
    answer = {
        "build_id": result.build_id,
        "unchanged": False,
        "path": str(result.path),
        "rows_in": rows,
        "rows_kept": kept,
        "rows_rejected": result.rejected,
        "rows_duplicate": duplicate,
        "tables": result.tables,
    }
    return (1 if result.rejected else 0), answer, lines


def _check(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    from etl.intake.check_command import check  # readers of workbooks, which no other command needs

    return check(args.files, args.data, args.annotate)


def _status(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    listed = publish.builds(args.out) if args.out.is_dir() else []
    current = next((b for b in listed if b.current), None)
    if current is None:
        return (
            1,
            {"current": None, "builds": []},
            [
                "Chưa xuất bản bản nào. Chạy: python -m etl build / Nothing is published yet. Run: python -m etl build"
            ],
        )
    with duckdb.connect(str(current.path), read_only=True) as con:
        names = (
            "file",
            "table",
            "status",
            "sha256",
            "rows_in",
            "rows_kept",
            "rows_rejected",
            "rows_duplicate",
        )
        files = [
            dict(zip(names, row, strict=True))
            for row in con.execute(
                "SELECT file, table_name, status, sha256, rows_in, rows_kept, rows_rejected, rows_duplicate"
                " FROM build_file ORDER BY file"
            ).fetchall()
        ]
    lines = [f"Bản đang dùng / current build: {current.build_id}, {current.built_at}"]
    for file in files:
        lines.append(
            f"  {file['file']} [{file['status']}] {file['rows_in']} = {file['rows_kept']} + {file['rows_rejected']}"
            f" + {file['rows_duplicate']}"
        )
    for build in listed:
        if not build.current:
            lines.append(f"Bản cũ / earlier build: {build.build_id}, {build.built_at}")
    answer = {
        "current": {"build_id": current.build_id, "built_at": current.built_at, "files": files},
        "builds": [{"build_id": b.build_id, "built_at": b.built_at, "current": b.current} for b in listed],
    }
    return 0, answer, lines


def _rollback(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    left, now = publish.rollback(args.out)
    return (
        0,
        {"left": left, "current": now},
        [f"Đã quay lại {now} (rời {left}). / Back to {now} (left {left})."],
    )


def _sample(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    paths = write_sample(args.data)
    return (
        0,
        {"files": [str(p) for p in paths]},
        [f"Đã ghi {len(paths)} tệp minh họa. / Wrote {len(paths)} illustrative files."],
    )


def _boundaries(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    from etl.outlines import get  # shapely is heavy, and few commands need it

    stored = (
        get.once(args.data) if args.try_once else get.outlines(args.data, args.place, report=not args.json)
    )
    if stored is None:
        return 0, {"file": None}, []
    widest = sorted(stored.differences.items(), key=lambda item: -abs(item[1]))[:3]
    shown = ", ".join(f"{code} {share:+.1%}" for code, share in widest)
    lines = [
        f"Đã ghi ranh giới {stored.wards} phường, xã và {stored.districts} quận, huyện cũ ({stored.bytes // 1000} kB) vào {stored.path}."
        f" Diện tích lệch nhiều nhất: {shown}. Chạy python -m etl build để đưa vào bản đồ.",
        f"Wrote the outlines of {stored.wards} wards and {stored.districts} former districts ({stored.bytes // 1000} kB) to {stored.path}."
        f" Widest differences in area: {shown}. Run python -m etl build to put them on the map.",
    ]
    answer = {
        "file": str(stored.path),
        "source_id": stored.source_id,
        "wards": stored.wards,
        "districts": stored.districts,
        "bytes": stored.bytes,
        "area_differences": stored.differences,
    }
    return 0, answer, lines


def _dictionary(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    try:
        args.to.write_text(data_dictionary(), encoding="utf-8")
    except OSError as error:
        raise Problem(
            f"{args.to}: không ghi được tệp ({error.strerror}).",
            f"{args.to}: the file cannot be written ({error.strerror}).",
        ) from error
    return 0, {"file": str(args.to)}, [f"Đã ghi {args.to}. / Wrote {args.to}."]


_COMMANDS = {
    "build": _build,
    "check": _check,
    "status": _status,
    "rollback": _rollback,
    "sample": _sample,
    "boundaries": _boundaries,
    "dictionary": _dictionary,
    **dict.fromkeys(handing_in.NAMES, handing_in.run),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = _parser().parse_args(argv)
    args.out = args.out or args.data / "warehouse"
    try:
        code, answer, lines = _COMMANDS[args.command](args)
    except Problem as problem:
        if args.json:
            print(
                json.dumps(
                    {"error": {"vi": problem.text.vi, "en": problem.text.en, "file": problem.file}},
                    ensure_ascii=False,
                )
            )
        else:
            print(f"LỖI: {problem.text.vi}\nERROR: {problem.text.en}", file=sys.stderr)
        return problem.exit_code
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
