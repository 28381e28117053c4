"""Checking: each record becomes a typed row, a reject with a reason, or a duplicate. Nothing gets lost.

For every file, rows in = kept + rejected + duplicate; ``Checker.settle`` makes sure of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from etl import read
from etl.contracts import Contract
from etl.files import InputFile
from etl.keys import may_repeat
from etl.periods import lookup_frame
from etl.problems import Problem, Text
from etl.remembered import Entry, Memory, Reading
from etl.rules import Condition, conditions, judged, reference_condition, stored_columns

ROW_SHAPE = Text(
    "Dòng có {cells} ô, tiêu đề có {width} ô. Kiểm tra dấu phân cách thừa hoặc thiếu.",
    "The row has {cells} cells, the header has {width}. Look for a delimiter too many or too few.",
)
KEY_CONFLICT = Text(
    "Cùng một khóa ({key}) có số liệu khác nhau, không biết dòng nào đúng; các dòng:",
    "The same key ({key}) has different figures and it is unknown which is right; the rows:",
)


@dataclass
class FileCount:
    """What became of the records of one file."""

    file: InputFile
    rows_in: int
    rejected: int = 0
    duplicate: int = 0

    @property
    def kept(self) -> int:
        """Records that are in the staged table."""
        return self.rows_in - self.rejected - self.duplicate


class Checker:
    """Loads files into the attached database ``stage`` of a connection, one table a contract.

    Staged tables hold the contract's columns typed, what was worked out from them, and ``file_no``, ``line``,
    ``file_status``. Read them through the views ``stage.<table>``, which leave out what was rejected or repeated.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        contracts: dict[str, Contract],
        memory: Memory | None = None,
    ) -> None:
        """``memory``: what was read of unchanged files before; call ``bring_back`` before rows are asked for."""
        self.con = con
        self.contracts = contracts
        self.counts: list[FileCount] = []
        self.readings: list[Reading] = []
        self._memory = memory
        self._remembered: list[tuple[int, InputFile, Entry]] = []
        self._parts: dict[str, list[str]] = {}
        self._vintage_of = "0"
        con.execute(
            "CREATE TABLE stage.reject (file_no INTEGER, file VARCHAR, line BIGINT, column_name VARCHAR, rule VARCHAR,"
            " value VARCHAR, reason_vi VARCHAR, reason_en VARCHAR, across_files BOOLEAN)"
        )
        con.execute(
            "CREATE TABLE stage.dropped (table_name VARCHAR, file_no INTEGER, line BIGINT, why VARCHAR)"
        )
        con.register("lookup_period_frame", lookup_frame())
        con.execute("CREATE TABLE stage.lookup_period AS SELECT * FROM lookup_period_frame")
        con.unregister("lookup_period_frame")
        for contract in contracts.values():
            if contract.kind != "mart":
                columns = ", ".join(f"{name} {kind}" for name, kind in stored_columns(contract))
                con.execute(
                    f"CREATE TABLE stage.{contract.table}__rows"
                    f" (file_no INTEGER, line BIGINT, file_status VARCHAR, {columns})"
                )
                self._parts[contract.table] = []
                self._renew_view(contract.table)

    def load(self, file: InputFile) -> FileCount:
        """Read, type and judge one file, or look up what became of it when it was read before."""
        return self.load_all([file])[0]

    def load_all(
        self, files: list[InputFile], told: Callable[[InputFile], None] | None = None
    ) -> list[FileCount]:
        """The same for several, in their order; large ones of one table and form are read together.

        ``told`` hears of each file before its turn.
        """
        numbered = list(enumerate(files, start=len(self.counts)))
        together: dict[tuple[str, ...], list[tuple[int, InputFile]]] = {}
        for number, file in numbered:
            if file.size >= read.FAST_FROM_BYTES and not self._entry_of(file):
                form = (file.table, file.status, file.delimiter, *file.columns)
                together.setdefault(form, []).append((number, file))
        fast: dict[int, FileCount] = {}
        for number, file in numbered:
            if told:
                told(file)
            batch = together.pop((file.table, file.status, file.delimiter, *file.columns), None)
            if batch:
                fast |= self._load_fast(batch)
            count = fast.get(number) or self._load_small(number, file)
            self.counts.append(count)
        return self.counts[len(self.counts) - len(files) :]

    def _entry_of(self, file: InputFile) -> Entry | None:
        return self._memory.entry_of(file) if self._memory else None

    def _load_small(self, number: int, file: InputFile) -> FileCount:
        entry = self._entry_of(file)
        if entry:
            count = FileCount(file, entry.rows_in, entry.rejected)
            self._remembered.append((number, file, entry))
        else:
            count = self._load_careful(file, number)
        self.readings.append(Reading(number, file, count.rows_in, count.rejected))
        return count

    def bring_back(self) -> None:
        """Stage the rows of all remembered files since the last call."""
        if self._memory:
            self._memory.bring_back(self._remembered, self.contracts)
        self._remembered.clear()

    def _load_careful(self, file: InputFile, number: int) -> FileCount:
        contract = self.contracts[file.table]
        rows = read.careful(file)
        count = FileCount(file, rows.rows_in)
        for broken in rows.broken:
            reason = ROW_SHAPE.format(cells=broken.cells, width=len(file.columns))
            self._reject(number, file.name, broken.line, "", "row_shape", broken.value, reason)
            count.rejected += 1
        self.con.register("file_rows", rows.frame)
        try:
            sql = judged(contract, file.columns, "file_rows", "line", self._vintage_of)
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE judged_rows AS {sql}")
        finally:
            self.con.unregister("file_rows")
        met = conditions(contract, file.columns)
        self.con.execute(
            f"INSERT INTO stage.{file.table}__rows SELECT {number}, line, ?, {self._stored(contract)}"
            f" FROM judged_rows WHERE {self._all_ok(met)}",
            [file.status],
        )
        count.rejected += self._reject_failing("judged_rows", met, number, file.name)
        self.con.execute("DROP TABLE judged_rows")
        return count

    def _load_fast(self, batch: list[tuple[int, InputFile]]) -> dict[int, FileCount]:
        """Load large regular files of one table and form; those whose lines and records do not agree one to one are left out."""
        first, file = batch[0]
        contract, part = self.contracts[file.table], f"stage.{file.table}__part{first}"
        stored = self._stored(contract)
        met = conditions(contract, file.columns)
        relation = read.fast_relation([file for _, file in batch])
        # The place in the batch stands in for the line; a row's line follows from its place in the table.
        sql = judged(contract, file.columns, relation, "CAST(file_index AS INTEGER)", self._vintage_of)
        try:
            self.con.execute(
                f"CREATE TABLE {part} AS SELECT line AS place, {stored}, {self._all_ok(met)} AS kept FROM ({sql})"
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            self.con.execute(f"DROP TABLE IF EXISTS {part}")
            return self._one_by_one(batch)
        found = {
            place: rest
            for place, *rest in self.con.execute(
                "SELECT place, count(*), count(*) FILTER (WHERE kept), min(rowid), max(rowid)"
                f" FROM {part} GROUP BY place"
            ).fetchall()
        }
        rows = [found.get(place, [0, 0, 0, -1]) for place in range(len(batch))]
        tallies = read.tallies([file for _, file in batch])
        regular = [
            last - start + 1 == records and read.is_regular(self.con, file, tally, records)
            for (records, _, start, last), (_, file), tally in zip(rows, batch, tallies, strict=True)
        ]
        if not all(regular):
            self.con.execute(f"DROP TABLE {part}")
            rest = [one for one, is_one in zip(batch, regular, strict=True) if is_one]
            return self._load_fast(rest) if rest else {}
        counts = {}
        for (records, kept, _, _), (number, file) in zip(rows, batch, strict=True):
            counts[number] = FileCount(file, records)
            if kept < records:
                self._reject_from_fast(counts[number], number)
        # The rows lie in the order of the files, so the place of a row gives its line (line 1 is the header).
        starts = [start for _, _, start, _ in rows]
        line = (
            f"rowid + 2 - {starts[0]}"
            if len(batch) == 1
            else f"rowid + 2 - list_extract({starts}, place + 1)"
        )
        numbers = [number for number, _ in batch]
        file_no = f"{first}" if len(batch) == 1 else f"CAST(list_extract({numbers}, place + 1) AS INTEGER)"
        self._parts[file.table].append(
            f"SELECT {file_no} AS file_no, {line} AS line, '{file.status}' AS file_status, {stored}"
            f" FROM {part} WHERE kept"
        )
        self._renew_view(file.table)
        return counts

    def _one_by_one(self, batch: list[tuple[int, InputFile]]) -> dict[int, FileCount]:
        counts: dict[int, FileCount] = {}
        for one in batch if len(batch) > 1 else []:
            counts |= self._load_fast([one])
        return counts

    def _reject_from_fast(self, count: FileCount, number: int) -> None:
        """Read a large file again for the rows that were refused, and say where they are and why."""
        file = count.file
        contract, met = self.contracts[file.table], conditions(self.contracts[file.table], file.columns)
        numbered = f"(SELECT row_number() OVER () + 1 AS line, * FROM {read.fast_relation([file])})"
        again = judged(contract, file.columns, numbered, "line", self._vintage_of)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE judged_rows AS SELECT * FROM ({again}) WHERE NOT {self._all_ok(met)}"
        )
        blank = " AND ".join(f"r_{name} IS NULL" for name in file.columns)
        (blanks,) = self._one(f"SELECT count(*) FROM judged_rows WHERE {blank}")
        count.rows_in -= blanks  # a line of delimiters alone is a blank line
        if blanks:
            self.con.execute(f"DELETE FROM judged_rows WHERE {blank}")
        count.rejected += self._reject_failing("judged_rows", met, number, file.name)
        self.con.execute("DROP TABLE judged_rows")

    def use_units(self) -> None:
        """Make the lookups of unit codes from the staged table ``unit``. Call it before loading reports."""
        self.con.execute("CREATE TEMP TABLE vintage_start AS SELECT DISTINCT valid_from AS day FROM stage.unit"
                         " WHERE level = 'ward' AND valid_from IS NOT NULL ORDER BY 1")  # fmt: skip
        days = [day for (day,) in self.con.execute("SELECT day FROM vintage_start ORDER BY 1").fetchall()]
        if days:
            self._vintage_of = (
                "(" + " + ".join(f"CAST({{at}} >= DATE '{day}' AS INTEGER)" for day in days) + ")"
            )
        starts = ["NULL", *(f"DATE '{day}'" for day in days)]
        vintages = ", ".join(f"({number}, {start})" for number, start in enumerate(starts))
        self.con.execute(
            f"""
            CREATE TABLE stage.lookup_unit AS
            SELECT u.code, v.vintage, u.unit_key, u.name_vi, lower(u.name_vi) AS long_name, lower(u.short_name_vi) AS short_name
            FROM stage.unit AS u CROSS JOIN (VALUES {vintages}) AS v (vintage, first_day)
            WHERE (u.valid_from IS NULL OR u.valid_from <= coalesce(v.first_day, DATE '2025-01-01'))
              AND (u.valid_to IS NULL OR v.first_day IS NULL OR u.valid_to >= v.first_day)
            """
        )
        self.con.execute("CREATE TABLE stage.lookup_code AS SELECT DISTINCT code FROM stage.unit")

    def settle(self) -> None:
        """Find repeated keys and dangling references, drop them with a reason, and check the accounts.

        Raises Problem where a file's rows do not add up.
        """
        for contract in self.contracts.values():
            if contract.kind != "mart":
                self._settle_keys(contract)
        while self._settle_references():
            pass
        kept: dict[int, int] = {}
        for table in {count.file.table for count in self.counts}:
            kept |= dict(
                self.con.execute(f"SELECT file_no, count(*) FROM stage.{table} GROUP BY 1").fetchall()
            )
        for number, count in enumerate(self.counts):
            staged = kept.get(number, 0)
            if staged != count.kept:
                name = count.file.name
                raise Problem(
                    f"{name}: {count.rows_in} dòng vào nhưng chỉ giải thích được {staged} dòng giữ, {count.rejected} dòng"
                    f" từ chối, {count.duplicate} dòng trùng. Dừng lại, không xuất bản.",
                    f"{name}: {count.rows_in} rows in, but {staged} kept, {count.rejected} rejected and {count.duplicate}"
                    " duplicate rows do not add up. Stopped; nothing is published.",
                    file=name,
                )

    def _settle_keys(self, contract: Contract) -> None:
        table, key = contract.table, ", ".join(contract.key)
        if not may_repeat(self.con, f"stage.{table}", ("file_status", *contract.key)):
            return
        values = ", ".join(name for name, _ in stored_columns(contract))
        self._repeated(table, key, values)
        names = {n: c.file.name for n, c in enumerate(self.counts)}
        for file_no, line, versions, place, where, label in self.con.execute(
            "SELECT file_no, line, versions, place, places, label FROM repeated ORDER BY file_no, line"
        ).fetchall():
            if versions == 1 and place > 1:
                self.con.execute(
                    "INSERT INTO stage.dropped VALUES (?, ?, ?, 'duplicate')", [table, file_no, line]
                )
                self.counts[file_no].duplicate += 1
            elif versions > 1:
                others = ", ".join(f"{names[n]}:{at}" for n, at in where)
                reason = KEY_CONFLICT.format(key=key)
                reason = Text(f"{reason.vi} {others}.", f"{reason.en} {others}.")
                self._drop(table, file_no, line, contract.key[0], "key_conflict", label, reason)
        self._renew_view(table)

    def _repeated(self, table: str, key: str, values: str) -> None:
        self.con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE repeated AS
            WITH numbered AS (
                SELECT file_no, line, hash({values}) AS content, concat_ws(' | ', {key}) AS label,
                       hash(file_status, {key}) AS same
                FROM stage.{table}
            ), several AS (
                SELECT same, count(DISTINCT content) AS versions, list((file_no, line) ORDER BY file_no, line) AS places
                FROM numbered GROUP BY same HAVING count(*) > 1
            )
            SELECT n.file_no, n.line, s.versions, s.places, n.label,
                   row_number() OVER (PARTITION BY n.same ORDER BY n.file_no, n.line) AS place
            FROM numbered AS n JOIN several AS s USING (same)
            """
        )

    def _settle_references(self) -> int:
        """Reject rows that refer to what does not exist; how many there were."""
        dropped = 0
        for contract in self.contracts.values():
            if contract.kind in ("mart", "report"):
                continue
            for column in contract.columns:
                if not column.references:
                    continue
                table, name = column.references
                if self.contracts[table].kind == "mart":
                    continue
                dangling = self.con.execute(
                    f"SELECT file_no, line, {column.name} FROM stage.{contract.table} WHERE {column.name} IS NOT NULL"
                    f" AND {column.name} NOT IN (SELECT {name} FROM stage.{table} WHERE {name} IS NOT NULL)"
                ).fetchall()
                reason = reference_condition(column, "x").reason
                for file_no, line, value in dangling:
                    self._drop(contract.table, file_no, line, column.name, "reference", str(value), reason)
                dropped += len(dangling)
                if dangling:
                    self._renew_view(contract.table)
        return dropped

    def _drop(
        self, table: str, file_no: int, line: int, column: str, rule: str, value: str | None, reason: Text
    ) -> None:
        first = not self.con.execute(
            "SELECT 1 FROM stage.dropped WHERE table_name = ? AND file_no = ? AND line = ?",
            [table, file_no, line],
        ).fetchone()
        name = self.counts[file_no].file.name
        self._reject(file_no, name, line, column, rule, value, reason, across_files=True)
        if first:
            self.con.execute("INSERT INTO stage.dropped VALUES (?, ?, ?, 'rejected')", [table, file_no, line])
            self.counts[file_no].rejected += 1

    def _reject(
        self,
        number: int,
        name: str,
        line: int,
        column: str,
        rule: str,
        value: str | None,
        reason: Text,
        across_files: bool = False,
    ) -> None:
        self.con.execute(
            "INSERT INTO stage.reject VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [number, name, line, column, rule, value, reason.vi, reason.en, across_files],
        )

    def _reject_failing(self, table: str, met: list[Condition], number: int, name: str) -> int:
        """Write a reject for each condition that a row of ``table`` fails; how many rows failed any."""
        (failing,) = self._one(f"SELECT count(*) FROM {table} WHERE NOT {self._all_ok(met)}")
        if not failing:
            return 0
        for position, condition in enumerate(met):
            if len(condition.columns) == 1:
                value = f"r_{condition.columns[0]}"
            else:
                value = "concat_ws('; ', " + ", ".join(f"'{c} = ' || r_{c}" for c in condition.columns) + ")"
            extra = f" || ' ' || detail_{position} || '.'" if condition.detail else ""
            self.con.execute(
                f"INSERT INTO stage.reject SELECT ?, ?, line, ?, ?, {value}, ?{extra}, ?{extra}, false"
                f" FROM {table} WHERE NOT ok_{position}",
                [
                    number,
                    name,
                    condition.columns[0],
                    condition.rule,
                    condition.reason.vi,
                    condition.reason.en,
                ],
            )
        return int(failing)

    def _renew_view(self, table: str) -> None:
        stored = self._stored(self.contracts[table])
        parts = [f"SELECT file_no, line, file_status, {stored} FROM stage.{table}__rows", *self._parts[table]]
        (dropped,) = self._one(f"SELECT count(*) FROM stage.dropped WHERE table_name = '{table}'")
        body = " UNION ALL ".join(parts)
        if dropped:
            body = (
                f"SELECT a.* FROM ({body}) AS a ANTI JOIN (SELECT file_no, line FROM stage.dropped"
                f" WHERE table_name = '{table}') AS d ON a.file_no = d.file_no AND a.line = d.line"
            )
        self.con.execute(f"CREATE OR REPLACE VIEW stage.{table} AS {body}")

    @staticmethod
    def _stored(contract: Contract) -> str:
        return ", ".join(name for name, _ in stored_columns(contract))

    @staticmethod
    def _all_ok(met: list[Condition]) -> str:
        return "(" + (" AND ".join(f"ok_{n}" for n in range(len(met))) or "true") + ")"

    def _one(self, sql: str) -> tuple[int, ...]:
        row = self.con.execute(sql).fetchone()
        assert row is not None
        return row
