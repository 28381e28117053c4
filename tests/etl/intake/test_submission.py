"""Files handed in: taken whole or not at all, superseded row by row, taken back, published; nothing is ever lost."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from etl.build import build
from etl.intake.ledger import append, in_force, only_one_entry, read_ledger
from etl.intake.received import safe_name, shown_name
from etl.intake.submission import Person, submit
from etl.intake.versions import lay_out
from etl.problems import Problem
from tests.etl.intake.handing_in import BROKEN, CLAN, FAMILY, FIGURES, Desk, copied, empty_desk


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Nothing was handed in yet."""
    desk = empty_desk(tmp_path_factory.mktemp("desk"))
    build(desk.data, desk.out)
    return desk


@pytest.fixture(scope="module")
def used(built: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str, str]:
    """Two submissions: families and clans, then families again."""
    desk = copied(built, tmp_path_factory.mktemp("used"))
    first = desk.submit(desk.write("a.csv", FAMILY, CLAN))["receipt"]
    second = desk.submit(desk.write("b.csv", FAMILY.replace("7000", "7500")))["receipt"]
    return desk, first, second


@pytest.fixture
def desk(built: Desk, tmp_path: Path) -> Desk:
    return copied(built, tmp_path)


@pytest.fixture
def again(used: tuple[Desk, str, str], tmp_path: Path) -> tuple[Desk, str, str]:
    return copied(used[0], tmp_path), used[1], used[2]


def test_later_files_supersede_earlier_ones_row_by_row(used: tuple[Desk, str, str]) -> None:
    desk, first, second = used
    assert desk.ask(FIGURES) == [("model.clan.recognised", 7), ("model.family.recognised", 7500)]
    laid_out = sorted(path.name for path in (desk.data / "reports" / "nop").iterdir())
    assert laid_out == sorted([f"{first}-learning_models.csv", f"{second}-learning_models.csv"])
    assert desk.ask("SELECT count(*) FROM reject") == [(0,)]


def test_every_version_can_be_seen_and_says_which_is_in_force(used: tuple[Desk, str, str]) -> None:
    desk, first, second = used
    code, answer = desk.run(
        "versions", "--table", "learning_models", "--unit", "00004@2025-07-01", "--period", "2026-Q3"
    )
    seen = [
        (v["row"]["model"], v["receipt"], v["values"]["recognised"], v["in_force"])
        for v in answer["versions"]
    ]
    assert code == 0
    assert seen == [
        ("clan", first, "7", True),
        ("family", first, "7000", False),
        ("family", second, "7500", True),
    ]


def test_the_originals_are_kept_byte_for_byte(used: tuple[Desk, str, str]) -> None:
    desk, first, _ = used
    folder = desk.data / "intake" / "received" / first
    assert (folder / "000-a.csv").read_bytes() == (desk.files / "a.csv").read_bytes()
    assert json.loads((folder / "record.json").read_text(encoding="utf-8"))[0]["name"] == "a.csv"
    assert not list((desk.data / "intake" / "received").glob(".new-*"))


def test_history_names_who_when_which_files_and_builds(used: tuple[Desk, str, str]) -> None:
    desk, first, second = used
    entries = desk.run("history")[1]["entries"]
    assert [(e["receipt"], e["kind"], e["by"], e["files"][0]["name"]) for e in entries] == [
        (second, "submit", "ba-dinh", "b.csv"),
        (first, "submit", "ba-dinh", "a.csv"),
    ]
    assert entries[0]["changes"] == {"added": 0, "replaced": 1, "unchanged": 0}
    assert entries[0]["build_id"] == (desk.out / "CURRENT").read_text(encoding="utf-8").strip()
    assert entries[0]["build_id"] != entries[1]["build_id"]
    assert desk.run("history", "--unit", "00008@2025-07-01")[1] == {"entries": []}
    assert len(desk.run("history", "--unit", "00004@2025-07-01")[1]["entries"]) == 2


def test_an_undo_brings_back_what_was_there_and_can_be_undone(again: tuple[Desk, str, str]) -> None:
    desk, _, second = again
    code, answer = desk.run("undo", second, "--by", "thu-ky", "--note", "nhầm kỳ")
    assert (code, answer["published"], answer["accepted"]) == (0, True, ["b.csv"])
    assert answer["changes"] == {"added": 0, "replaced": 1, "unchanged": 0, "removed": 0}
    assert desk.ask(FIGURES) == [("model.clan.recognised", 7), ("model.family.recognised", 7000)]
    entries = desk.run("history")[1]["entries"]
    assert (entries[0]["kind"], entries[0]["undoes"], entries[0]["note"]) == ("undo", second, "nhầm kỳ")
    assert entries[1]["undone_by"] == answer["receipt"]
    code, redone = desk.run("undo", answer["receipt"], "--by", "thu-ky")
    assert (code, redone["changes"]["replaced"], redone["accepted"]) == (0, 1, ["b.csv"])
    assert desk.ask(FIGURES)[1] == ("model.family.recognised", 7500)
    assert desk.run("undo", answer["receipt"], "--by", "thu-ky")[0] == 2  # it was undone already
    assert desk.run("undo", "R1", "--by", "thu-ky")[0] == 2


def test_taking_everything_back_is_not_stopped_as_a_shrunken_table(again: tuple[Desk, str, str]) -> None:
    desk, first, second = again
    code, answer = desk.run("undo", first, "--by", "thu-ky")
    assert (code, answer["changes"]["removed"], answer["changes"]["unchanged"]) == (0, 1, 1)
    assert desk.run("undo", second, "--by", "thu-ky")[0] == 0
    assert desk.ask(FIGURES) == []
    assert not list((desk.data / "reports" / "nop").iterdir())


def test_a_preview_says_what_would_change_the_largest_first(used: tuple[Desk, str, str]) -> None:
    desk, _, _ = used
    path = desk.write("c.csv", FAMILY.replace("8000,7000", "16000,7800"), CLAN, CLAN.replace("clan", "unit"))
    before = sorted(p.name for p in desk.data.rglob("*"))
    code, answer = desk.run("preview", path, "--name", "Biểu Ba Đình.csv")
    assert (code, answer["files"][0]["name"]) == (0, "Biểu Ba Đình.csv")
    changes = answer["changes"]
    assert (changes["added"], changes["replaced"], changes["unchanged"]) == (1, 1, 1)
    first, second, *new = changes["rows"]
    assert (first["column"], first["before"], first["after"], first["change"]) == (
        "registered",
        8000,
        16000,
        1.0,
    )
    assert (second["column"], second["before"], second["after"], second["change"]) == (
        "recognised",
        7500,
        7800,
        0.04,
    )
    assert first["unit"] == {"vi": "Phường Ba Đình", "en": "Ba Dinh Ward"} and first["row"] == {
        "model": "family"
    }
    assert {row["kind"] for row in new} == {"added"}
    assert sorted(p.name for p in desk.data.rglob("*")) == before


def test_findings_stand_beside_their_rows(built: Desk) -> None:
    code, answer = built.run("preview", built.write("d.csv", CLAN, BROKEN))
    (file,) = answer["files"]
    (listed,) = file["tables"]
    assert (code, file["verdict"], listed["rows"], listed["kept"], listed["rejected"]) == (
        1,
        "errors",
        2,
        1,
        1,
    )
    assert listed["sample"][0]["line"] == 3  # rows with findings come first
    beside = listed["sample"][0]["findings"]
    assert file["findings"][beside[0]]["code"] == "registered_within_total"
    assert file["understood"][0]["en"].startswith("Table “Learning-model reports”: header in line 1")
    assert answer["changes"]["added"] == 0  # a file with errors is not taken


def test_figures_that_deserve_a_look_are_warned_of_before_they_are_published(
    used: tuple[Desk, str, str],
) -> None:
    desk, _, _ = used
    later = FAMILY.replace("2026-Q3", "2026-09").replace("20000", "2000000")
    code, answer = desk.run("preview", desk.write("e.csv", later))
    (file,) = answer["files"]
    assert (code, file["verdict"]) == (0, "warnings")
    assert ("families_population", 2, "total") in [
        (f["code"], f["line"], f["column"]) for f in file["findings"]
    ]
    assert "Phường Ba Đình" in file["findings"][0]["reason"]["vi"]


def test_without_a_published_build_a_note_says_that_nothing_was_compared(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    answer = desk.run("preview", desk.write("a.csv", FAMILY))[1]
    assert any("No published build" in note["en"] for note in answer["changes"]["notes"])


def test_a_file_with_errors_stops_all_unless_only_the_clean_ones_are_wanted(desk: Desk) -> None:
    good, bad = desk.write("a.csv", CLAN), desk.write("bad.csv", FAMILY, BROKEN)
    code, answer = desk.run("submit", good, bad, "--by", "ba-dinh")
    assert (code, answer["accepted"], answer["refused"]) == (1, [], ["a.csv", "bad.csv"])
    assert answer["build_id"] is None and not answer["published"]
    code, answer = desk.run("submit", good, bad, "--by", "ba-dinh", "--only-clean")
    assert (code, answer["accepted"], answer["refused"]) == (0, ["a.csv"], ["bad.csv"])
    assert desk.ask(FIGURES) == [("model.clan.recognised", 7)]
    code, answer = desk.run("submit", bad, "--by", "thu-ky", "--accept-rows")
    assert (code, answer["accepted"]) == (0, ["bad.csv"])
    assert desk.ask(FIGURES) == [("model.clan.recognised", 7), ("model.family.recognised", 7000)]
    kinds = [(e["kind"], [f["verdict"] for f in e["files"]]) for e in desk.run("history")[1]["entries"]]
    assert kinds == [
        ("submit", ["errors"]),
        ("submit", ["clean", "errors"]),
        ("refused", ["clean", "errors"]),
    ]


def test_the_same_file_again_changes_nothing_and_is_not_taken(again: tuple[Desk, str, str]) -> None:
    desk, _, _ = again
    path = desk.files / "b.csv"
    assert desk.run("preview", path)[1]["files"][0]["verdict"] == "duplicate"
    code, answer = desk.run("submit", path, "--by", "ba-dinh")
    assert (code, answer["accepted"]) == (1, [])
    assert "handed in before" in answer["message"]["en"]
    older = desk.files / "a.csv"  # one of its rows was superseded, so it does change something
    assert desk.submit(older)["changes"] == {"added": 0, "replaced": 1, "unchanged": 1}


def test_a_row_that_a_file_put_there_by_hand_gives_otherwise_is_refused_with_its_place(desk: Desk) -> None:
    by_hand = desk.data / "reports" / "tay.csv"
    by_hand.parent.mkdir(exist_ok=True)
    by_hand.write_text(desk.write("x.csv", FAMILY.replace("7000", "6000"), CLAN).read_text("utf-8"), "utf-8")
    code, answer = desk.run("preview", desk.write("a.csv", FAMILY, CLAN))
    (finding,) = [f for f in answer["files"][0]["findings"] if f["level"] == "error"]
    assert (code, finding["code"], finding["line"]) == (1, "in_reports_folder", 2)
    assert "reports/tay.csv:2" in finding["reason"]["vi"]


def test_a_refused_build_leaves_the_submission_entered_and_says_what_to_do(desk: Desk) -> None:
    (desk.data / "reference" / "target.csv").unlink()
    code, answer = desk.run("submit", desk.write("a.csv", CLAN), "--by", "ba-dinh")
    assert (code, answer["published"], answer["accepted"]) == (1, False, ["a.csv"])
    assert "python -m etl build" in answer["message"]["vi"] and "target.csv" in answer["message"]["en"]
    assert desk.run("history")[1]["entries"][0]["build_id"] is None


def test_a_build_lays_out_what_was_entered_before_a_crash(again: tuple[Desk, str, str]) -> None:
    desk, first, _ = again
    lost = desk.data / "reports" / "nop" / f"{first}-learning_models.csv"
    lost.unlink()
    stranger = desk.data / "reports" / "nop" / "R-nobody.csv"
    stranger.write_text("x", encoding="utf-8")
    code, answer = desk.run("build", "--if-stale")
    assert (code, answer["unchanged"]) == (0, True)
    assert lost.is_file() and not stranger.exists()


def handed_in_at(desk: Desk, row: str, at: dt.datetime) -> str:
    return submit([desk.write("a.csv", row)], [], desk.data, desk.out, Person("x"), clock=lambda: at).receipt


def test_receipts_and_order_do_not_depend_on_the_clock(desk: Desk) -> None:
    receipts = [
        handed_in_at(desk, FAMILY.replace("7000", str(7000 + n)), dt.datetime(year, 1, 1, tzinfo=dt.UTC))
        for n, year in enumerate((2026, 2020))
    ]
    assert receipts == sorted(receipts) and len(set(receipts)) == 2
    assert desk.ask(FIGURES) == [("model.family.recognised", 7001)]
    assert [e["at"][:4] for e in desk.run("history")[1]["entries"]] == ["2020", "2026"]


def test_the_book_notices_a_line_changed_or_taken_out(again: tuple[Desk, str, str]) -> None:
    desk, _, _ = again
    path = desk.data / "intake" / "ledger.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for spoilt in (lines[1:], [lines[0].replace("ba-dinh", "someone"), *lines[1:]], ["{}\n", *lines[1:]]):
        path.write_text("".join(spoilt), encoding="utf-8")
        with pytest.raises(Problem, match="was changed or is damaged"):
            read_ledger(desk.data)


def test_a_line_cut_off_by_a_crash_never_counts(again: tuple[Desk, str, str]) -> None:
    desk, _, _ = again
    path = desk.data / "intake" / "ledger.jsonl"
    whole = path.read_bytes()
    entries = read_ledger(desk.data)
    for end in (whole.splitlines()[-1], b'{"sequence": 9'):
        path.write_bytes(whole + end)
        assert read_ledger(desk.data) == entries
        with only_one_entry(desk.data):
            added = append(desk.data, entries[-1])
        assert added.sequence == len(entries) + 1
        assert read_ledger(desk.data)[:-1] == entries
        assert path.read_bytes().startswith(whole + end)  # the book only grows


def test_undoing_an_undo_brings_a_submission_back_in_its_old_place(again: tuple[Desk, str, str]) -> None:
    desk, first, second = again
    undone = desk.run("undo", first, "--by", "x")[1]["receipt"]
    assert [e.receipt for e in in_force(read_ledger(desk.data))] == [second]
    desk.run("undo", undone, "--by", "x")
    assert [e.receipt for e in in_force(read_ledger(desk.data))] == [first, second]
    assert desk.ask(FIGURES)[1] == ("model.family.recognised", 7500)


@pytest.mark.parametrize(
    ("given", "shown", "stored"),
    [
        ("../../etc/passwd", "passwd", "000-passwd"),
        ("C:\\Users\\a\\Biểu Đống Đa.xlsx", "Biểu Đống Đa.xlsx", "000-Bieu-Dong-Da.xlsx"),
        ("..", "..", "000-tep"),
        ("", "tep", "000-tep"),
        ("a\x00\n\u202eb.csv", "ab.csv", "000-ab.csv"),
        ("ô" * 127 + ".csv", "ô" * 127 + ".csv", "000-" + "o" * 80 + ".csv"),
        ("/", "tep", "000-tep"),
        (".hidden", ".hidden", "000-hidden"),
    ],
)
def test_names_are_kept_as_given_and_safe_on_the_disk(given: str, shown: str, stored: str) -> None:
    assert shown_name(given) == shown
    assert safe_name(0, given) == stored


def test_what_is_laid_out_reads_back_the_same(desk: Desk) -> None:
    note = 'ghi chú, "trong ngoặc"'
    desk.submit(desk.write("a.csv", CLAN + '"ghi chú, ""trong ngoặc"""'))
    (path,) = (desk.data / "reports" / "nop").iterdir()
    with path.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["note"], row["period"], row["unit_name"], row["reported_on"]) == (
        note,
        "2026-Q3",
        "Phường Ba Đình",
        "",
    )
    before = path.stat().st_mtime_ns
    lay_out(desk.data)
    assert path.stat().st_mtime_ns == before


def test_reporters_say_who_sent_who_was_refused_and_who_is_silent(again: tuple[Desk, str, str]) -> None:
    desk, first, second = again
    other = BROKEN.replace("00004,Phường Ba Đình", "00008,Phường Ngọc Hà")
    desk.run("submit", desk.write("bad.csv", other), "--by", "ngoc-ha")
    answer = desk.run("reporters", "--period", "2026-Q3")[1]
    by_unit = {unit["unit_key"]: unit for unit in answer["units"]}
    assert len(by_unit) == 126
    sent = by_unit["00004@2025-07-01"]
    assert (sent["state"], [s["receipt"] for s in sent["sent"]]) == ("sent", [first, second])
    refused = by_unit["00008@2025-07-01"]
    assert (refused["state"], refused["refused"][0]["errors"] > 0) == ("refused", True)
    assert [unit["state"] for unit in answer["units"]].count("silent") == 124
    assert desk.run("reporters", "--period", "quý")[0] == 2


def test_a_large_file_that_follows_the_form_is_taken_by_the_strict_reader(desk: Desk) -> None:
    header = "as_of,school_code,school_name,level,ownership,unit_code,classes,pupils,teachers,national_standard,happy_school,lat,lon"
    name = "Trường " + "a" * 400
    path = desk.files / "large.csv"
    rows = [f"2025-09-30,S{n},{name},primary,public,00004,10,300,20,true,,," for n in range(10_500)]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    answer = desk.run("preview", path)[1]
    (file,) = answer["files"]
    assert (file["verdict"], [f["code"] for f in file["findings"]]) == ("clean", ["read_strictly"])
    assert (file["tables"][0]["rows"], file["tables"][0]["kept"], answer["changes"]["added"]) == (
        10_500,
        10_500,
        10_500,
    )
    assert desk.submit(path)["changes"]["added"] == 10_500
    assert desk.ask("SELECT count(*), sum(pupils) FROM school WHERE status = 'reported'") == [
        (10_500, 3_150_000)
    ]
    assert not list((desk.data / "intake").rglob(".*.rows"))
    path.write_text(
        "\n".join([header, *rows, rows[0].replace("300", "nhiều").replace("S0", "S")]), encoding="utf-8"
    )
    code, answer = desk.run("preview", path)
    (finding,) = [f for f in answer["files"][0]["findings"] if f["level"] == "error"]
    assert (code, finding["code"], finding["line"], finding["column"]) == (
        1,
        "type_integer",
        10_502,
        "pupils",
    )
