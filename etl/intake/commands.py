"""The commands of handing in: ``preview``, ``submit``, ``undo``, ``history``, ``versions``, ``templates``, ``reply``,
``reporters``. Each gives (exit code, answer for machines, lines for people) and may raise Problem."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.problems import Problem

Answer = tuple[int, dict[str, Any], list[str]]


def add_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Put the commands on the command line. ``command`` makes one with its words."""
    sub = command("preview", "xem trước khi nộp / what handing in files would change")
    _add_files(sub)
    sub.add_argument(
        "--accept-rows",
        action="store_true",
        help="tính cả dòng đúng của tệp có lỗi / count right rows of files with errors",
    )
    sub = command("submit", "nộp và xuất bản / hand in and publish")
    _add_files(sub)
    _add_person(sub)
    sub.add_argument(
        "--only-clean", action="store_true", help="chỉ nhận các tệp sạch / take the clean files only"
    )
    sub.add_argument(
        "--accept-rows",
        action="store_true",
        help="nhận các dòng đúng của tệp có lỗi / take the right rows of files with errors",
    )
    sub = command("undo", "hoàn tác một lượt nộp / take a submission back")
    sub.add_argument("receipt", metavar="RECEIPT")
    _add_person(sub)
    sub = command("history", "lịch sử nộp / what was handed in")
    sub.add_argument("--unit", metavar="UNIT_KEY")
    sub = command("versions", "mọi phiên bản của một báo cáo / every version of a report")
    sub.add_argument("--table", required=True)
    sub.add_argument("--unit", required=True, metavar="UNIT_KEY")
    sub.add_argument("--period", required=True)
    sub = command("templates", "biểu mẫu trống theo đơn vị / blank forms by unit")
    sub.add_argument("--table", required=True)
    sub.add_argument(
        "--unit", nargs="+", metavar="UNIT_KEY", help="mặc định: mọi phường, xã / all wards unless given"
    )
    sub.add_argument("--period", help="mặc định: quý vừa kết thúc / the last quarter unless given")
    sub.add_argument("--to", type=Path, required=True, metavar="DIR|FILE.zip")
    sub.add_argument("--lang", choices=("vi", "en"), default="vi")
    sub = command("reply", "phiếu trả lời cho từng tệp / a reply for each file")
    _add_files(sub)
    sub.add_argument("--to", type=Path, required=True, metavar="DIR")
    sub.add_argument("--lang", choices=("vi", "en"), default="vi")
    sub = command("reporters", "đơn vị nào đã nộp, chậm, có lỗi / who has reported, is late, sent errors")
    sub.add_argument("--period")  # fmt: skip


def _add_files(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE")
    sub.add_argument(
        "--name",
        action="append",
        default=[],
        help="tên gốc, theo thứ tự tệp / original name, in the order of the files",
    )


def _add_person(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--by", required=True, metavar="WHO", help="tên tài khoản / account name")
    sub.add_argument("--role", default="")
    sub.add_argument("--note", default="")


def run(args: argparse.Namespace) -> Answer:
    """Run one of these commands."""
    return _COMMANDS[args.command](args)


def _named(args: argparse.Namespace) -> list[str]:
    names: list[str] = args.name
    if len(names) > len(args.files):
        raise Problem("Có nhiều --name hơn tệp.", "There are more --name than files.")
    return names


def _preview(args: argparse.Namespace) -> Answer:
    from etl.intake.preview import preview

    return preview(args.files, _named(args), args.data, args.out, accept_rows=args.accept_rows)


def _submit(args: argparse.Namespace) -> Answer:
    from etl.intake.submission import Choice, Person, submit

    outcome = submit(
        args.files, _named(args), args.data, args.out, Person(args.by, args.role, args.note),
        Choice(args.only_clean, args.accept_rows),
    )  # fmt: skip
    return 0 if outcome.published else 1, outcome.as_dict(), [f"{outcome.message.vi} / {outcome.message.en}"]


def _undo(args: argparse.Namespace) -> Answer:
    from etl.intake.submission import Person, undo

    outcome = undo(args.receipt, args.data, args.out, Person(args.by, args.role, args.note))
    return 0 if outcome.published else 1, outcome.as_dict(), [f"{outcome.message.vi} / {outcome.message.en}"]


def _history(args: argparse.Namespace) -> Answer:
    from etl.intake.history import history

    answer = history(args.data, args.unit)
    lines = [
        f"{e['receipt']} {e['kind']} {e['at']} {e['by']}: {', '.join(f['name'] for f in e['files'])}"
        + (f" (hoàn tác bởi / taken back by {e['undone_by']})" if e["undone_by"] else "")
        for e in answer["entries"]
    ]
    return 0, answer, lines or ["Chưa có gì được nộp. / Nothing was handed in yet."]


def _versions(args: argparse.Namespace) -> Answer:
    from etl.intake.history import versions

    answer = versions(args.data, args.table, args.unit, args.period)
    lines = [
        f"{'*' if v['in_force'] else ' '} {v['receipt'] or 'data/reports'} {v['row']} {v['values']}"
        for v in answer["versions"]
    ]
    return 0, answer, lines or ["Không có dòng nào. / There are no rows."]


def _templates(args: argparse.Namespace) -> Answer:
    from etl.intake.templates import write_templates

    paths = write_templates(args.data, args.table, args.unit, args.period, args.to, args.lang)
    return 0, {"files": [str(path) for path in paths]}, [f"Đã ghi {path}. / Wrote {path}." for path in paths]


def _reply(args: argparse.Namespace) -> Answer:
    from etl.intake.reply import write_replies

    replies = write_replies(args.files, _named(args), args.data, args.to, args.lang)
    return 0, {"files": replies}, [f"{r['name']}: {r['errors']} lỗi / errors → {r['reply']}" for r in replies]


def _reporters(args: argparse.Namespace) -> Answer:
    from etl.intake.history import reporters

    answer = reporters(args.data, args.period)
    states = [unit["state"] for unit in answer["units"]]
    lines = [
        f"{answer['period']}: {states.count('sent')} đã nộp / sent, {states.count('refused')} bị trả lại / refused,"
        f" {states.count('silent')} chưa nộp / silent; hạn / due {answer['due']}."
    ]
    return 0, answer, lines


_COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "preview": _preview,
    "submit": _submit,
    "undo": _undo,
    "history": _history,
    "versions": _versions,
    "templates": _templates,
    "reply": _reply,
    "reporters": _reporters,
}
NAMES = frozenset(_COMMANDS)
