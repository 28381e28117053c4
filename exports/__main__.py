"""The command line: ``python -m exports brief | profiles | report | deck --out DIR``, so that an office can schedule them.

Exit codes: 0 done; 2 unusable arguments, or no warehouse. Errors say what, where and what to do, in both languages.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from tqdm import tqdm

from exports.names import file_stem
from exports.playlist import PlaylistError
from exports.text import Text, said, same
from i18n import LANGUAGES, Lang, period_code
from queries.figures import Period, periods
from queries.ward_names import places, resolve
from queries.warehouse import NothingPublished, Warehouse, current_warehouse

ROOT = Path(__file__).resolve().parent.parent
PLAYLISTS = ROOT / "data" / "presentations"
PLAYLIST = "mac-dinh"
EACH = 10
"""Off a terminal a line is written for so many units."""


class Unusable(Exception):
    """Arguments that no file can be made from, in both languages."""

    def __init__(self, words: Text) -> None:
        super().__init__(f"{words.vi} / {words.en}")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unusable(said("reports.cli_arguments", detail=same(message)))


def _say(line: str, to: TextIO) -> None:
    to.write(line + "\n")
    to.flush()


class ProgressReport:
    """Called after each unit with how many are done, of how many, and its name: a bar on a terminal, else lines."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: int, of: int, words: str) -> None:
        """Show one step."""
        if not self._terminal:
            if done % EACH == 0 or done == of:
                _say(f"[{done}/{of}] {words}", sys.stderr)
            return
        if self._bar is None:
            self._bar = tqdm(
                total=of, file=sys.stderr, bar_format="{l_bar}{bar:30}| {n_fmt}/{total_fmt} {desc}"
            )
        self._bar.n = done
        self._bar.set_description_str(words)
        if done >= of:
            self._bar.close()
            self._bar = None


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m exports", description="Xuất báo cáo / Make reports.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    folder = os.environ.get("WAREHOUSE_DIR") or ROOT / "data" / "warehouse"

    def command(name: str, words: str, *, period: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--out", type=Path, required=True, help="thư mục nhận tệp / folder for the files")
        sub.add_argument("--lang", choices=LANGUAGES, default="vi", help="ngôn ngữ / language")
        sub.add_argument(
            "--warehouse", type=Path, default=Path(folder), help="thư mục kho số liệu / warehouse folder"
        )
        if period:
            sub.add_argument(
                "--period", metavar="2026-Q3", help="kỳ báo cáo / reporting period (mới nhất / latest)"
            )
        return sub

    command("brief", "tóm tắt cho Ban Chỉ đạo, PDF / brief for the steering committee, PDF")
    sub = command("profiles", "hồ sơ phường, xã, PDF / profiles of wards, PDF")
    sub.add_argument(
        "--unit",
        action="append",
        nargs="+",
        metavar="CODE",
        help="mã, khóa hoặc tên / code, key or name (126)",
    )
    sub.add_argument(
        "--zip", action="store_true", help="mỗi đơn vị một tệp, trong một ZIP / one file a unit, in a ZIP"
    )
    command("report", "bản nháp báo cáo UNESCO, PDF / draft of the UNESCO report, PDF", period=False)
    sub = command("deck", "bộ trang chiếu, PPTX / slides, PPTX", period=False)
    sub.add_argument("--playlist", default=PLAYLIST, metavar="NAME", help="bộ trình chiếu / playlist")
    return parser


def _period(w: Warehouse, code: str | None) -> Period | None:
    """The period of a code; None where none was asked for."""
    if code is None:
        return None
    known = {period_code(p.start, p.end): p for p in periods(w)}
    if code not in known:
        raise Unusable(said("reports.cli_period", code=same(code), known=same(", ".join(known) or "–")))
    return known[code]


def _units(w: Warehouse, asked: Sequence[Sequence[str]] | None) -> list[str]:
    """The keys of the units asked for by key, code or name, each once; all wards of today where none was."""
    if not asked:
        return [p.unit_key for p in places(w).values() if p.level == "ward"]
    found = []
    for text in (one for some in asked for one in some):
        resolution = resolve(w, text)
        if resolution.hit is None:
            names = ", ".join(f"{h.place.name_vi} ({h.place.unit_key})" for h in resolution.others[:5])
            raise Unusable(said("reports.cli_unit", text=same(text), names=same(names or "–")))
        found.append(resolution.hit.place.unit_key)
    return list(dict.fromkeys(found))


def _brief(w: Warehouse, args: argparse.Namespace) -> Path:
    from exports.reports import brief, write_pdf

    period = _period(w, args.period)
    name = _name(w, "tom-tat", args.lang, period)
    return write_pdf(brief(w, args.lang, period), args.out / f"{name}.pdf")


def _profiles(w: Warehouse, args: argparse.Namespace) -> Path:
    from exports.reports import profiles

    period, keys = _period(w, args.period), _units(w, args.unit)
    units = [places(w)[key].code for key in keys] if len(keys) == 1 else []
    name = _name(w, "ho-so", args.lang, period, *units)
    out: Path = args.out / f"{name}.{'zip' if args.zip else 'pdf'}"
    return profiles(w, keys, args.lang, period, out=out, one_file=not args.zip, progress=ProgressReport())


def _report(w: Warehouse, args: argparse.Namespace) -> Path:
    from exports.reports import progress_report, write_pdf

    return write_pdf(
        progress_report(w, args.lang), args.out / f"{_name(w, 'bao-cao-unesco', args.lang, None)}.pdf"
    )


def _deck(w: Warehouse, args: argparse.Namespace) -> Path:
    from exports.deck import deck_name, write

    path = PLAYLISTS / f"{args.playlist}.yml"
    if path.name != f"{args.playlist}.yml" or not path.is_file():
        known = ", ".join(sorted(p.stem for p in PLAYLISTS.glob("*.yml"))) or "–"
        raise Unusable(said("reports.cli_playlist", name=same(args.playlist), known=same(known)))
    out: Path = args.out / deck_name(w, args.playlist, args.lang)
    try:
        write(w, path, args.lang, out, progress=ProgressReport())
    except PlaylistError as error:
        places_said = {
            "file": same(error.file),
            "place": same(error.place),
            "what": error.what,
            "to_do": error.to_do,
        }
        raise Unusable(said("reports.cli_playlist_bad", **places_said)) from error
    return out


def _name(w: Warehouse, what: str, lang: Lang, period: Period | None, *more: str) -> str:
    """The stem of a file's name: what, more, period, language, build."""
    shown = period or next(iter(periods(w)), None)
    code = period_code(shown.start, shown.end) if shown and what in ("tom-tat", "ho-so") else ""
    return file_stem((what, *more, code, lang, w.build_id))


_COMMANDS: dict[str, Callable[[Warehouse, argparse.Namespace], Path]] = {
    "brief": _brief, "profiles": _profiles, "report": _report, "deck": _deck,
}  # fmt: skip


def _run(arguments: Sequence[str] | None) -> Path:
    args = _parser().parse_args(arguments)
    try:
        w = current_warehouse(args.warehouse)
    except NothingPublished as error:
        raise Unusable(said("reports.cli_warehouse", folder=same(str(args.warehouse)))) from error
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        return _COMMANDS[args.command](w, args)
    except OSError as error:
        raise Unusable(
            said("reports.cli_out", folder=same(str(args.out)), detail=same(error.strerror or ""))
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code."""
    try:
        _say(str(_run(arguments)), sys.stdout)
    except Unusable as error:
        _say(str(error), sys.stderr)
        return 2
    except KeyboardInterrupt:
        words = said("reports.cli_stopped")
        _say(f"\n{words.vi} / {words.en}", sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
