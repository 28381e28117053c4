"""Files that are not what they say: each gets one clear message, in little memory, and nothing leaves its folder."""

from __future__ import annotations

import json
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.etl.faults.children import forking, run_starved
from tests.etl.intake.handing_in import CLAN, Desk
from tests.etl.intake.test_reading import GOOD, sheet_of
from tests.etl.offices import MODELS_HEADER, table

_MEMORY = 3 << 29
"""1.5 GiB of addresses, libraries included."""


def large_text(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(table(MODELS_HEADER, CLAN).encode())
        row = (CLAN + "\n").encode() * 20_000
        while stream.tell() < 200 << 20:
            stream.write(row)


def large_binary(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(bytes(range(1, 256)))
        stream.truncate(200 << 20)


def reworked(path: Path, part: str, change: Callable[[bytes], bytes], level: int = 6) -> None:
    """A good workbook with one part changed or added."""
    path.write_bytes(sheet_of(GOOD))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SHEET = "xl/worksheets/sheet1.xml"


def zip_bomb(path: Path) -> None:
    reworked(path, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * (300 << 20)), 9)


def deep_nesting(path: Path) -> None:
    reworked(path, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<a>" * 100_000 + b"<sheetData>"))


def entities(path: Path) -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    reworked(path, SHEET, lambda xml: xml.replace(b"?>", b"?>" + lol, 1))


def entity_from_a_file(path: Path) -> None:
    xxe = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    reworked(path, SHEET, lambda xml: xml.replace(b"?>", b"?>" + xxe, 1))


def part_outside(path: Path) -> None:
    reworked(path, "../../escaped.xml", lambda _: b"<x/>")


def not_a_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")


def cut_workbook(path: Path) -> None:
    path.write_bytes(sheet_of(GOOD)[:2000])


def empty(path: Path) -> None:
    path.touch()


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))


HOSTILE: list[tuple[str, Callable[[Path], None], set[str]]] = [
    ("a.csv", large_text, {"too_large"}),
    ("b.csv", large_binary, {"too_large"}),
    ("c.xlsx", zip_bomb, {"unsafe_archive"}),
    ("d.xlsx", deep_nesting, {"unsafe_archive"}),
    ("e.xlsx", entities, {"unsafe_archive"}),
    ("f.xlsx", entity_from_a_file, {"unsafe_archive"}),
    ("g.xlsx", part_outside, {"unsafe_archive"}),
    ("h.xlsx", not_a_workbook, {"old_format"}),
    ("i.xlsx", cut_workbook, {"broken_workbook"}),
    ("j.csv", empty, {"empty_file"}),
    ("k.csv", binary, {"binary", "encoding_unknown"}),
    ("l.xls", old_excel, {"old_format"}),
    ("k" * 251 + ".csv", binary, {"binary", "encoding_unknown"}),
]


@pytest.mark.parametrize(("name", "make", "codes"), HOSTILE, ids=[make.__name__ for _, make, _ in HOSTILE])
def test_each_gets_one_clear_message_in_little_memory(
    desk: Desk, tmp_path: Path, name: str, make: Callable[[Path], None], codes: set[str]
) -> None:
    path = desk.files / name
    make(path)
    told = tmp_path / "told.json"
    given = f"../../{name}"
    words = ("preview", str(path), "--name", given)
    process = forking().Process(target=run_starved, args=(desk, words, told, resource.RLIMIT_AS, _MEMORY))
    process.start()
    process.join()
    code, answer, _ = json.loads(told.read_text(encoding="utf-8"))
    (file,) = answer["files"]
    (finding,) = file["findings"]
    assert (code, file["verdict"], finding["level"]) == (2, "unreadable", "error")
    assert finding["code"] in codes
    assert finding["reason"]["vi"] and finding["remedy"]["en"]
    assert file["name"] == name[:200]
    assert not list(desk.data.parent.parent.rglob("escaped.xml"))


def test_macros_and_links_are_told_and_never_followed(desk: Desk) -> None:
    macros, links = desk.files / "a.xlsx", desk.files / "b.xlsx"
    reworked(macros, "xl/vbaProject.bin", lambda _: b"macro")
    reworked(links, "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    code, answer = desk.run("preview", macros, links)
    codes = [{finding["code"] for finding in file["findings"]} for file in answer["files"]]
    assert code == 0
    assert "workbook_macros" in codes[0] and "external_links" in codes[1]


def test_a_refused_file_is_entered_with_its_fingerprint_and_not_kept(desk: Desk) -> None:
    path = desk.files / "c.xlsx"
    zip_bomb(path)
    code, answer = desk.run("submit", path, "--name", "../../../etc/x.xlsx", "--by", "x")
    assert (code, answer["accepted"], answer["refused"]) == (1, [], ["x.xlsx"])
    (file,) = desk.run("history")[1]["entries"][0]["files"]
    assert (file["name"], file["verdict"], len(file["sha256"])) == ("x.xlsx", "unreadable", 64)
    assert len(list((desk.data / "intake" / "received").iterdir())) == 1  # the desk's first submission
