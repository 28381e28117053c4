"""A build that remembers unchanged files comes to the same as one that reads them all, whatever became of the others."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.incremental import differences
from etl import check, read, remembered
from etl.build import build
from etl.check import Checker
from etl.contracts import Contract, parse_contract
from etl.files import InputFile, recognise
from etl.periods import lookup_frame
from etl.problems import Problem
from etl.remembered import NAME, Memory, Unusable
from tests.etl.offices import DATA, MODELS_HEADER, table

PERIODS = lookup_frame().head()
KINDS = parse_contract(
    """
    table: kinds
    kind: reference
    title: {vi: Loại, en: Kinds}
    row: {vi: một loại, en: one kind}
    key: [kind]
    may_be_empty: true
    columns:
      - {name: kind, type: text, required: true, label: {vi: Loại, en: Kind}, definition: {vi: Loại., en: The kind.}}
      - {name: parent, type: text, references: kinds.kind, label: {vi: Trên, en: Above}, definition: {vi: Loại trên., en: The kind above.}}
    """,
    "kinds.yml",
)
SLIPS = parse_contract(
    """
    table: slips
    kind: report
    title: {vi: Phiếu, en: Slips}
    row: {vi: một phiếu, en: one slip}
    key: [code]
    may_be_empty: true
    columns:
      - {name: code, type: text, required: true, label: {vi: Mã, en: Code}, definition: {vi: Mã., en: The code.}}
      - {name: kind, type: text, references: kinds.kind, label: {vi: Loại, en: Kind}, definition: {vi: Loại., en: The kind.}}
      - {name: amount, type: integer, minimum: 0, label: {vi: Số, en: Amount}, definition: {vi: Số., en: A number.}}
    """,
    "slips.yml",
)
CONTRACTS: dict[str, Contract] = {"kinds": KINDS, "slips": SLIPS}
NAMES = ("a.csv", "b.csv", "c.csv", "d.csv")
HEADERS = {"kinds": "kind,parent", "slips": "code,kind,amount"}

kinds = st.lists(
    st.tuples(st.sampled_from(["x", "y", "z", ""]), st.sampled_from(["", "x", "y", "gone"])),
    max_size=4,
    unique_by=lambda row: row[0],  # a kind said twice makes reports twice, which stops a build
)
slips = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "D", "E", ""]),
        st.sampled_from(["", "x", "y", "z"]),
        st.sampled_from(["", "1", "2", "-1", "1.5", '3,"4"']),  # the last makes a row too wide
    ),
    max_size=5,
)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"), st.sampled_from(NAMES), st.sampled_from(["reported", "illustrative"]), slips
        ),
        st.tuples(st.just("remove"), st.sampled_from(NAMES)),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("copy"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("append"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("kinds"), kinds),
    ),
    min_size=2,
    max_size=7,
)


@dataclass
class Folder:
    """The files of a small data folder by name: their status and their lines."""

    kinds: list[tuple[str, ...]] = field(default_factory=lambda: [("x", ""), ("y", "x")])
    slips: dict[str, tuple[str, list[tuple[str, ...]]]] = field(default_factory=dict)

    def step(self, what: str, *of: object) -> None:
        """Change something."""
        files = self.slips
        match what, of:
            case "write", (str(name), str(status), list(rows)):
                files[name] = (status, rows)
            case "remove", (name,):
                files.pop(str(name), None)
            case "rename", (str(old), str(new)) if old in files and old != new:
                files[new] = files.pop(old)
            case "copy", (str(old), str(new)) if old in files:
                files[new] = files[old]
            case "append", (str(old), str(new)) if old in files and new in files:
                files[new] = (files[new][0], files[new][1] + files[old][1][:2])
            case "kinds", (list(rows),):
                self.kinds = rows

    def write(self, folder: Path) -> list[InputFile]:
        """Write it anew; its files in the order of a build."""
        for old in folder.iterdir():
            old.unlink()
        written = [("kinds", "reference/kinds.csv", "reference", self.kinds)]
        written += [("slips", name, status, rows) for name, (status, rows) in sorted(self.slips.items())]
        found = []
        for kind, name, status, rows in written:
            path = folder / name.replace("/", "-")
            path.write_text(table(HEADERS[kind], *(",".join(row) for row in rows)), encoding="utf-8")
            found.append(recognise(path, name, [CONTRACTS[kind]], status))
        return found


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read from now on."""
    names: list[str] = []
    careful = read.careful

    def noted(file: InputFile) -> read.Rows:
        names.append(file.name)
        return careful(file)

    monkeypatch.setattr(read, "careful", noted)
    return names


def outcome(
    con: duckdb.DuckDBPyConnection, files: list[InputFile], before: Path | None, after: Path
) -> dict[str, object]:
    """Everything that a build makes of the files: rows in their order, rejects, accounts. ``after``: what to remember."""
    con.execute("ATTACH ':memory:' AS stage")
    memory = Memory(con, before, files, {"slips"})
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(check, "lookup_frame", lambda: PERIODS)  # making it takes longer than all the rest
            checker = Checker(con, CONTRACTS, memory)
        checker.load(files[0])
        checker.bring_back()
        for file in files[1:]:
            checker.load(file)
        checker.bring_back()
        memory.close()
        checker.settle()
        found: dict[str, object] = {
            name: con.execute(f"SELECT * FROM stage.{name}").fetchall()
            for name in ("kinds", "slips", "kinds__rows", "slips__rows")
        }
        found["rejects"] = con.execute("SELECT * FROM stage.reject ORDER BY ALL").fetchall()
        found["accounts"] = [(c.file.name, c.rows_in, c.rejected, c.duplicate) for c in checker.counts]
        after.unlink(missing_ok=True)
        memory.write(after, checker.readings, CONTRACTS)
        return found
    finally:
        memory.close()
        con.execute("DETACH stage")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=steps)
def test_after_any_changes_a_build_that_remembers_is_the_build_that_reads_everything(
    changes: list[tuple[object, ...]],
    con: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("changes")
    (place / "files").mkdir()
    folder, before = Folder(), None
    for number, (what, *of) in enumerate(changes):
        folder.step(str(what), *of)
        files = folder.write(place / "files")
        after = place / f"{number}.remembered"
        assert outcome(con, files, before, after) == outcome(con, files, None, place / "not used")
        before = after


@pytest.fixture
def some(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> tuple[list[InputFile], Path, dict[str, object]]:
    """Three files, what is remembered of them, and what comes of them."""
    folder = Folder()
    for number, name in enumerate(NAMES[:3]):
        folder.step("write", name, "reported", [(f"{name}{n}", "x", str(n - number)) for n in range(200)])
    (tmp_path / "files").mkdir()
    files = folder.write(tmp_path / "files")
    return files, tmp_path / NAME, outcome(con, files, None, tmp_path / NAME)


def test_files_that_are_remembered_are_not_opened(
    some: tuple[list[InputFile], Path, dict[str, object]],
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    opened: list[str],
) -> None:
    files, memory, wanted = some
    opened.clear()
    assert outcome(con, files, memory, tmp_path / "again") == wanted
    assert opened == []


def test_a_changed_reference_table_has_all_reports_read_again(
    some: tuple[list[InputFile], Path, dict[str, object]],
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    opened: list[str],
) -> None:
    files, memory, _ = some
    files[0].path.write_text("kind,parent\ny,\n", encoding="utf-8")
    files[0] = recognise(files[0].path, files[0].name, [KINDS], "reference")
    opened.clear()
    found = outcome(con, files, memory, tmp_path / "again")
    assert opened == [file.name for file in files]
    assert found["slips"] == []


def test_other_code_reads_everything_again(
    some: tuple[list[InputFile], Path, dict[str, object]],
    con: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files, memory, _ = some
    monkeypatch.setattr(remembered, "digest_of_code", lambda: "another")
    with_other_code = Memory(con, memory, files, {"slips"})
    assert [with_other_code.entry_of(file) for file in files] == [None] * len(files)
    with_other_code.close()


def test_more_than_fits_is_not_remembered(
    some: tuple[list[InputFile], Path, dict[str, object]],
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files, _, wanted = some
    monkeypatch.setattr(remembered, "MOST_BYTES", files[0].size + files[1].size)
    assert outcome(con, files, None, tmp_path / "less") == wanted
    memory = Memory(con, tmp_path / "less", files, {"slips"})
    assert [memory.entry_of(file) is not None for file in files] == [True, True, False, False]
    memory.close()
    assert outcome(con, files, tmp_path / "less", tmp_path / "again") == wanted


def test_a_damaged_memory_is_never_believed(
    some: tuple[list[InputFile], Path, dict[str, object]], tmp_path: Path
) -> None:
    files, memory, wanted = some
    whole = memory.read_bytes()
    chance = random.Random(5)
    damaged = [b"", b"not a database", whole[: len(whole) // 2], whole[:5000]]
    for _ in range(25):
        place = chance.randrange(len(whole) - 64)
        damaged.append(whole[:place] + chance.randbytes(64) + whole[place + 64 :])
    for number, content in enumerate(damaged):
        path = tmp_path / f"damaged{number}"
        path.write_bytes(content)
        with duckdb.connect() as con:
            try:
                found = outcome(con, files, path, tmp_path / "again")
            except (Unusable, duckdb.Error):
                continue  # the build reads everything then
            assert found == wanted


def test_rows_that_were_lost_from_memory_are_noticed(
    some: tuple[list[InputFile], Path, dict[str, object]], con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files, memory, _ = some
    with duckdb.connect(str(memory)) as other:
        other.execute("DELETE FROM slips WHERE line = 100")
    with pytest.raises(Unusable):
        outcome(con, files, memory, tmp_path / "again")


# Whole builds


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder with two office files."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("reference", "published"):
        (data / name).symlink_to(DATA / name)
    (data / "sample").mkdir()
    (data / "reports").mkdir()
    (data / "reports" / "one.csv").write_text(
        table(MODELS_HEADER, "2026-Q2,00004,,family,900,800,700,", "2026-Q2,00004,,clan,9,8,70,"),
        encoding="utf-8",
    )
    (data / "reports" / "two.csv").write_text(
        table(MODELS_HEADER, "2026-Q2,00008,,family,900,800,600,"), encoding="utf-8"
    )
    return data


def test_only_the_changed_file_is_read_and_the_build_is_that_of_all_files(
    small: Path, tmp_path: Path, opened: list[str]
) -> None:
    first = build(small, tmp_path / "kept", allow_shrink=True)
    assert first.rejected == 1
    # The changed file now repeats a row of the unchanged one and contradicts nothing but itself.
    repeated = ["2026-Q2,00004,,family,900,800,700,", "2026-Q2,00008,,family,900,800,500,"]
    (small / "reports" / "two.csv").write_text(table(MODELS_HEADER, *repeated), encoding="utf-8")
    (small / "reports" / "one.csv").rename(small / "reports" / "zero.csv")
    opened.clear()
    again = build(small, tmp_path / "kept", allow_shrink=True)
    assert opened == ["reports/two.csv"]
    whole = build(small, tmp_path / "whole", allow_shrink=True)
    assert again.build_id == whole.build_id
    assert differences(tmp_path / "kept", tmp_path / "whole") == []
    assert [(c.file.name, c.rejected, c.duplicate) for c in again.files][-2:] == [
        ("reports/two.csv", 0, 0),
        ("reports/zero.csv", 1, 1),
    ]


def test_a_full_build_reads_everything_and_publishes_again(
    small: Path, tmp_path: Path, opened: list[str]
) -> None:
    first = build(small, tmp_path / "out", allow_shrink=True)
    assert build(small, tmp_path / "out", allow_shrink=True).unchanged
    opened.clear()
    again = build(small, tmp_path / "out", allow_shrink=True, full=True)
    assert (again.unchanged, again.build_id) == (False, first.build_id)
    assert len(opened) == len(again.files)


@pytest.mark.parametrize("damage", ["halved", "gone", "rows lost"])
def test_a_build_does_without_a_memory_that_is_lost_or_damaged(
    small: Path, tmp_path: Path, damage: str
) -> None:
    build(small, tmp_path / "out", allow_shrink=True)
    memory = tmp_path / "out" / NAME
    if damage == "halved":
        memory.write_bytes(memory.read_bytes()[: memory.stat().st_size // 2])
    elif damage == "gone":
        memory.unlink()
    else:
        with duckdb.connect(str(memory)) as con:
            con.execute("DELETE FROM learning_models")
    shutil.copy(small / "reports" / "two.csv", small / "reports" / "three.csv")
    build(small, tmp_path / "out", allow_shrink=True)
    build(small, tmp_path / "whole", allow_shrink=True, full=True)
    assert differences(tmp_path / "out", tmp_path / "whole") == []
    assert not list((tmp_path / "out").glob(".building-*"))


def test_a_build_that_is_refused_leaves_the_memory_as_it_was(small: Path, tmp_path: Path) -> None:
    build(small, tmp_path / "out", allow_shrink=True)
    before = (tmp_path / "out" / NAME).read_bytes()
    (small / "reports" / "two.csv").unlink()
    with pytest.raises(Problem, match="shrinks"):
        build(small, tmp_path / "out")
    assert (tmp_path / "out" / NAME).read_bytes() == before
