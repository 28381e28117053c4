"""Figures that deserve a look: each rule just below and just above its threshold, and what is never compared."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from etl import build as etl_build
from etl.periods import spellings
from etl.sample import learning_models, participation, write_sample
from etl.sample.anchors import QUARTERS
from i18n import decimal, percent, period_name, points
from tests.conftest import BuildWarehouse
from tests.etl.offices import DATA, MODELS_HEADER, PARTICIPATION_HEADER, opened, rows_of, table, todays_wards

Connection = duckdb.DuckDBPyConnection
Key = tuple[str, str, str]
"""Period, unit code, model or indicator."""

Q3, Q4, Q1, Q2 = "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"
ENDS = {
    Q3: dt.date(2025, 9, 30),
    Q4: dt.date(2025, 12, 31),
    Q1: dt.date(2026, 3, 31),
    Q2: dt.date(2026, 6, 30),
}
MART = Path(etl_build.__file__).parent / "marts" / "80_quality_flag.sql"


@dataclass(frozen=True)
class Example:
    """What one ward reports in two quarters, and whether a rule speaks of the second."""

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    flagged: bool


TOTAL_FALLS = (
    Example("below the share", (1000, 0, 0), (951, 0, 0), False),
    Example("at the share", (1000, 0, 0), (950, 0, 0), True),
    Example("ten per cent, but of few", (40, 0, 0), (36, 0, 0), False),
    Example("five of forty", (40, 0, 0), (35, 0, 0), True),
    Example("to nothing", (40, 0, 0), (0, 0, 0), True),
    Example("it rises", (950, 0, 0), (1000, 0, 0), False),
)
RECOGNISED_FALLS = (
    Example("below the share", (1000, 500, 400), (1000, 500, 381), False),
    Example("at the share", (1000, 500, 400), (1000, 500, 380), True),
    Example("four of twenty", (100, 50, 20), (100, 50, 16), False),
    Example("five of twenty", (100, 50, 20), (100, 50, 15), True),
    Example("registered fall with them", (1000, 500, 400), (1000, 475, 380), False),
    Example("registered fall by less", (1000, 500, 400), (1000, 476, 380), True),
    Example("registered rise", (1000, 500, 400), (1000, 600, 300), True),
)
COPIED = (
    Example("too small to tell", (499, 400, 300), (499, 400, 300), False),
    Example("large enough", (500, 400, 300), (500, 400, 300), True),
    Example("one figure is new", (500, 400, 300), (500, 400, 301), False),
    Example("another total", (500, 400, 300), (501, 400, 300), False),
)
COPIED_RATES = (
    Example("too small to tell", (300, 499), (300, 499), False),
    Example("large enough", (300, 500), (300, 500), True),
    Example("the same rate of more", (300, 500), (600, 1000), False),
)
RATE_JUMPS = (  # against peers that do not change at all
    Example("9.9 points", (1000, 1000, 500), (1000, 1000, 599), False),
    Example("10 points", (1000, 1000, 500), (1000, 1000, 600), True),
    Example("10 points down", (1000, 1000, 500), (1000, 1000, 400), True),
    Example("denominator of 19", (19, 19, 5), (19, 19, 15), False),
    Example("denominator of 20", (20, 20, 5), (20, 20, 15), True),
    Example("denominator was 19", (19, 19, 5), (200, 200, 150), False),
)
WIDE_JUMPS = (  # against peers that change by 3 points up or down: five times as much is 15
    Example("14 points", (1000, 1000, 500), (1000, 1000, 640), False),
    Example("16 points", (1000, 1000, 500), (1000, 1000, 660), True),
)
COUNT_JUMPS = (  # against peers that do not change at all; one is added to both, so that nothing is divided by nought
    Example("not quite three times", (20,), (61,), False),
    Example("three times", (20,), (62,), True),
    Example("to a third", (62,), (20,), True),
    Example("small numbers", (5,), (19,), False),
    Example("no longer small", (5,), (20,), True),
    Example("to nothing", (20,), (0,), True),
)
RULES = {
    "total_falls": ("clan", "model.clan.total", TOTAL_FALLS),
    "recognised_falls": ("community", "model.community.recognised", RECOGNISED_FALLS),
    "copied": ("citizen_staff", "model.citizen_staff.total", COPIED),
    "copied_rates": ("digital.skills", "participation.digital.skills", COPIED_RATES),
    "rate_jump": ("unit", "model.unit.recognised_of_total", RATE_JUMPS),
    "wide_jump": ("commune", "model.commune.recognised_of_total", WIDE_JUMPS),
    "count_jump": ("campaign.held", "participation.campaign.held", COUNT_JUMPS),
}
"""By rule what is reported on, the indicator that is spoken of, and the examples."""
FLAG_RULE = {"copied_rates": "copied", "wide_jump": "rate_jump"}

STEADY = (1000, 1000, 500)
PEERS = {"rate_jump": (0,) * 18, "count_jump": (0,) * 18, "wide_jump": (-30,) * 8 + (0,) * 2 + (30,) * 6}
"""By how many the other wards of the group change, where a rule looks at peers."""
GROUP = "phuong_dense"
OTHER_GROUPS = {"xa_near": 4, "xa_sparse": 5}
"""Of these peer groups so many wards report on residents; one of each jumps."""
STUCK_GROUP = "xa_plain_small"
"""Here six wards report on residents: five grow by 20 points, the first not at all."""
FAMILY_BOUNDS = (
    ("fewest", 5.5, False),
    ("too few", 5.5, True),
    ("most", 2.2, False),
    ("too many", 2.2, True),
)


def group_members(warehouse: Path) -> dict[str, list[str]]:
    """The codes of today's wards by peer group."""
    with opened(warehouse) as con:
        rows = con.execute(
            "SELECT peer_group, list(code ORDER BY code) FROM unit_peer_group JOIN unit USING (unit_key)"
            " WHERE level = 'ward' GROUP BY 1"
        ).fetchall()
    return dict(rows)


class Offices:
    """Report rows, gathered and written as an office's files."""

    def __init__(self) -> None:
        self.models: dict[Key, tuple[int, ...]] = {}
        self.participation: dict[Key, tuple[int, ...]] = {}

    def say(self, period: str, code: str, thing: str, figures: tuple[int, ...]) -> None:
        """One row; three figures are about a model, fewer about participation."""
        (self.models if len(figures) == 3 else self.participation)[period, code, thing] = figures

    def write(self, folder: Path) -> Path:
        reports = folder / "reports"
        reports.mkdir()
        written = {"models": (MODELS_HEADER, self.models), "part": (PARTICIPATION_HEADER, self.participation)}
        for name, (header, rows) in written.items():
            lines = [
                f"{period},{code},,{thing},{','.join(map(str, figures))}{',' * (3 - len(figures) if name == 'part' else 1)}"
                for (period, code, thing), figures in rows.items()
            ]
            (reports / f"{name}.csv").write_text(table(header, *lines), encoding="utf-8")
        return folder


def examples(members: dict[str, list[str]]) -> Callable[[Path], Path]:
    """A data folder in which each example has a ward of its own, all of one peer group, the others being steady."""

    def lay_out(folder: Path) -> Path:
        (folder / "reference").symlink_to(DATA / "reference")
        offices = Offices()
        wards = members[GROUP]
        for rule, (thing, _, found) in RULES.items():
            for code, example in zip(wards, found, strict=False):
                offices.say(Q4, code, thing, example.before)
                offices.say(Q1, code, thing, example.after)
            for code, moved in zip(wards[len(found) : 18], PEERS.get(rule, ()), strict=False):
                peer = (20,) if len(found[0].before) == 1 else STEADY
                offices.say(Q4, code, thing, peer)
                offices.say(Q1, code, thing, (*peer[:-1], peer[-1] + moved))
        _special_wards(offices, wards[18:20])
        for group, reporting in OTHER_GROUPS.items():
            for code in members[group][:reporting]:
                jumps = code == members[group][0]
                offices.say(Q4, code, "citizen_resident", STEADY)
                offices.say(Q1, code, "citizen_resident", (1000, 1000, 900 if jumps else 500))
        for number, code in enumerate(members[STUCK_GROUP][:6]):
            offices.say(Q4, code, "citizen_resident", STEADY)
            offices.say(Q1, code, "citizen_resident", (1000, 1000, 700 if number else 500))
        _families(offices)
        _published(folder)
        return offices.write(folder)

    return lay_out


def _special_wards(offices: Offices, wards: list[str]) -> None:
    """One ward jumps, comes back and jumps again; another leaves a quarter out, and reports for another length of time."""
    back, away = wards
    for period, recognised in ((Q3, 500), (Q4, 900), (Q1, 520)):
        offices.say(period, back, "unit", (1000, 1000, recognised))
    for period, recognised, clans in ((Q3, 500, 400), (Q1, 900, 200)):
        offices.say(period, away, "unit", (1000, 1000, recognised))
        offices.say(period, away, "clan", (clans, 0, 0))
    offices.say(Q4, away, "campaign.held", (20,))
    offices.say("2026-H1", away, "campaign.held", (200,))
    for code in [code for _, code, thing in list(offices.models) if thing == "unit"]:
        offices.models.setdefault((Q3, code, "unit"), STEADY)
    for _, code, _ in [key for key in offices.models if key[0] == Q1 and key[2] == "unit"]:
        offices.say(Q2, code, "unit", offices.models[Q1, code, "unit"])
    offices.say(Q2, back, "unit", (1000, 1000, 900))


def _families(offices: Offices) -> None:
    """Wards with the fewest and the most families that fit their people, and with one fewer or one more."""
    for (code, people), (_, bound, flagged) in zip(todays_wards()[:4], FAMILY_BOUNDS, strict=True):
        families = -(-people // bound) if bound > 3 else people // bound
        step = (-1 if bound > 3 else 1) if flagged else 0
        offices.say(Q4, code, "family", (int(families) + step, 0, 0))
    for number, half in enumerate(
        ("2024-H2", "2025-H1")
    ):  # a district whose figures are fine, then the wards' first
        offices.say(half, "001", "family", (60_000 + number, 50_000, 40_000))


def _published(folder: Path) -> None:
    """A source that gives a rate of exactly 100% and one above."""
    (folder / "published").mkdir()
    first = rows_of(DATA / "published" / "learning_models.csv")[0]
    rows = []
    for day, value in (("2024-06-30", "1"), ("2024-12-31", "1.045")):
        row = first | {
            "period_end": day,
            "value": value,
            "basis_evidence": "",
            "numerator": "",
            "denominator": "",
        }
        rows.append(",".join(f'"{cell}"' for cell in row.values()))
    text = table(",".join(first), *rows)
    (folder / "published" / "rates.csv").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def members(warehouse_full: Path) -> dict[str, list[str]]:
    return group_members(warehouse_full)


@pytest.fixture(scope="module")
def con(build_warehouse: BuildWarehouse, members: dict[str, list[str]]) -> Iterator[Connection]:
    with opened(build_warehouse("quality", examples(members))) as con:
        yield con


def flagged(con: Connection, rule: str, indicator_id: str, period: str = Q1) -> set[str]:
    """The codes of the wards whose figure of a period runs into a rule."""
    rows = con.execute(
        "SELECT code FROM quality_flag JOIN unit USING (unit_key) WHERE flag_rule = ? AND indicator_id = ? AND period_end = ?",
        [rule, indicator_id, ENDS[period]],
    )
    return {code for (code,) in rows.fetchall()}


# ---- Just below and just above ------------------------------------------------------------------------------------


def test_the_examples_are_all_read(con: Connection) -> None:
    assert con.execute("SELECT file, line, reason_en FROM reject").fetchall() == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_speaks_from_its_threshold_on(
    con: Connection, members: dict[str, list[str]], rule: str
) -> None:
    _, indicator_id, found = RULES[rule]
    wards = dict(zip(members[GROUP], found, strict=False))
    spoken = flagged(con, FLAG_RULE.get(rule, rule), indicator_id)
    expected = {e.name for e in found if e.flagged}
    assert {wards[code].name for code in spoken if code in wards} == expected
    others = (
        {members[GROUP][19]}
        if rule == "total_falls"
        else {members[GROUP][18]}
        if rule == "rate_jump"
        else set()
    )
    assert spoken - set(wards) == others, "steady wards are left alone"


def test_a_jump_is_judged_where_enough_peers_report(con: Connection, members: dict[str, list[str]]) -> None:
    spoken = flagged(con, "rate_jump", "model.citizen_resident.recognised_of_total")
    assert spoken == {members["xa_sparse"][0], members[STUCK_GROUP][0]}


def test_to_stay_where_all_peers_move_is_odd_too(con: Connection, members: dict[str, list[str]]) -> None:
    row = con.execute(
        "SELECT severity, sentence_vi, sentence_en FROM quality_flag JOIN unit USING (unit_key) WHERE code = ? AND flag_rule = 'rate_jump'",
        [members[STUCK_GROUP][0]],
    ).fetchone()
    assert row is not None
    assert row[0] == "warning"
    assert "giữ nguyên 50,0% (±0,0 điểm %)" in row[1]
    assert "(6 đơn vị) là +20,0 điểm %." in row[1]
    assert "stayed at 50.0% (±0.0 pp)" in row[2]


def test_registered_rates_are_judged_for_jumps_and_recognised_of_registered_is_not(con: Connection) -> None:
    rows = con.execute(
        "SELECT DISTINCT indicator_id FROM quality_flag WHERE flag_rule = 'rate_jump'"
    ).fetchall()
    assert not any(indicator_id.endswith("recognised_of_registered") for (indicator_id,) in rows)


def test_families_are_held_against_the_wards_people(con: Connection) -> None:
    wards = [code for code, _ in todays_wards()[:4]]
    odd = {name for code, (name, _, _) in zip(wards, FAMILY_BOUNDS, strict=True)
           if code in flagged(con, "families_population", "model.family.total", Q4)}  # fmt: skip
    assert odd == {"too few", "too many"}


def test_only_a_rate_above_100_is_impossible(con: Connection) -> None:
    rows = con.execute(
        "SELECT period_end, status, value, expected_high, sentence_vi, sentence_en FROM quality_flag WHERE flag_rule = 'rate_above_100'"
    ).fetchall()
    assert [row[:4] for row in rows] == [(dt.date(2024, 12, 31), "published", 1.045, 1.0)]
    assert "104,50%, vượt 100%" in rows[0][4]
    assert "104.50%, above 100%" in rows[0][5]


def test_thresholds_are_those_of_the_table(build_warehouse: BuildWarehouse) -> None:
    with opened(build_warehouse("quality-mixed", mixed)) as con:
        low = con.execute(
            "SELECT value FROM method_rule WHERE rule_id = 'flag_people_per_family_low'"
        ).fetchone()
        flags = con.execute(
            "SELECT count(*) FROM quality_flag WHERE flag_rule = 'families_population'"
        ).fetchone()
    assert low == (3.7,)
    assert flags is not None and flags[0] > 50


# ---- What is compared with what -----------------------------------------------------------------------------------


def test_a_unit_that_left_a_period_out_is_held_against_its_own_last_report(
    con: Connection, members: dict[str, list[str]]
) -> None:
    away = members[GROUP][19]
    rows = con.execute(
        "SELECT flag_rule, indicator_id, previous_end, previous_value, value FROM quality_flag JOIN unit USING (unit_key)"
        " WHERE code = ? AND period_end <= ?",
        [away, ENDS[Q1]],
    ).fetchall()
    assert rows == [("total_falls", "model.clan.total", ENDS[Q3], 400.0, 200.0)], (
        "no jump: its peers show the change of one quarter only; a half-year is not held against a quarter"
    )


def test_a_figure_that_comes_back_is_a_note(con: Connection, members: dict[str, list[str]]) -> None:
    rows = con.execute(
        "SELECT period_end, severity, sentence_vi, sentence_en FROM quality_flag JOIN unit USING (unit_key)"
        " WHERE code = ? AND flag_rule = 'rate_jump' ORDER BY 1",
        [members[GROUP][18]],
    ).fetchall()
    assert [row[:2] for row in rows] == [(ENDS[Q4], "warning"), (ENDS[Q1], "note"), (ENDS[Q2], "warning")]
    assert rows[1][2].endswith("Tỷ lệ trở lại gần mức 50,0% của quý III/2025.")
    assert rows[1][3].endswith("The rate is back near the 50.0% of Q3 2025.")


def test_a_first_report_has_nothing_to_be_compared_with(con: Connection, full: Connection) -> None:
    for warehouse in (con, full):
        first = warehouse.execute(
            """
            SELECT count(*) FROM quality_flag AS f
            WHERE previous_end IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM observation AS o
                WHERE o.unit_key = f.unit_key AND o.indicator_id = f.indicator_id AND o.status = f.status
                  AND o.period_end = f.previous_end AND o.value = f.previous_value AND o.period_end < f.period_end)
            """
        ).fetchone()
        assert first == (0,)


def test_nothing_is_compared_across_july_2025(full: Connection) -> None:
    day = dt.date(2025, 7, 1)
    rows = full.execute(
        "SELECT period_end, previous_end FROM quality_flag WHERE previous_end IS NOT NULL"
    ).fetchall()
    assert rows
    assert all((end < day) == (before < day) for end, before in rows)


def mixed(folder: Path) -> Path:
    """The sample's last quarter of 2025, and real reports of the next that repeat it to the letter or halve it."""
    (folder / "reference").mkdir()
    for path in (DATA / "reference").iterdir():
        (folder / "reference" / path.name).symlink_to(path)
    rules = folder / "reference" / "method_rule.csv"
    text = rules.read_text(encoding="utf-8").replace(",2.2,people,", ",3.7,people,")
    rules.unlink()
    rules.write_text(text, encoding="utf-8")
    sample = folder / "sample" / "learning_models"
    sample.mkdir(parents=True)
    (sample / f"{Q4}.csv").symlink_to(DATA / "sample" / "learning_models" / f"{Q4}.csv")
    offices = Offices()
    for number, row in enumerate(rows_of(sample / f"{Q4}.csv")):
        figures = tuple(int(row[name]) // (1 + number % 2) for name in ("total", "registered", "recognised"))
        offices.say(Q1, row["unit_code"], row["model"], figures)
    return offices.write(folder)


def test_illustrative_and_real_figures_are_never_compared(build_warehouse: BuildWarehouse) -> None:
    with opened(build_warehouse("quality-mixed", mixed)) as con:
        assert con.execute("SELECT DISTINCT status FROM report_status ORDER BY 1").fetchall() == [
            ("illustrative",), ("reported",),
        ]  # fmt: skip
        assert con.execute("SELECT DISTINCT flag_rule FROM quality_flag").fetchall() == [
            ("families_population",)
        ]


# ---- The planted oddities of the sample ---------------------------------------------------------------------------


def planted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Key, None]:
    """The rows of the committed sample that the generator made odd: those that differ from a run without oddities."""
    (folder / "reference").symlink_to(DATA / "reference")
    monkeypatch.setattr(learning_models, "MODEL_ODDITIES", ())
    monkeypatch.setattr(participation, "PARTICIPATION_ODDITIES", ())
    write_sample(folder)
    odd: dict[Key, None] = {}
    for what, thing in (("learning_models", "model"), ("participation", "indicator")):
        for period in QUARTERS:
            path = Path(what) / f"{period}.csv"
            plain = rows_of(folder / "sample" / path)
            made = rows_of(DATA / "sample" / path)
            odd |= {(period, row["unit_code"], row[thing]): None for row in made if row not in plain}
    return odd


@pytest.fixture(scope="module")
def odd_rows(tmp_path_factory: pytest.TempPathFactory) -> dict[Key, None]:
    with pytest.MonkeyPatch.context() as patch:
        return planted(tmp_path_factory.mktemp("plain"), patch)


@pytest.fixture(scope="module")
def found(full: Connection) -> set[tuple[str, str, str, str, str]]:
    """Rule, period, unit code, what was reported on and indicator of each flag."""
    rows = full.execute(
        """
        SELECT flag_rule, year(period_end) || '-Q' || quarter(period_end), u.code, coalesce(i.report_code, i.model), indicator_id
        FROM quality_flag JOIN unit AS u USING (unit_key) JOIN indicator AS i USING (indicator_id)
        """
    ).fetchall()
    return set(rows)


ODDITIES = (*learning_models.MODEL_ODDITIES, *participation.PARTICIPATION_ODDITIES)


def test_every_planted_oddity_is_found_by_its_rule(
    odd_rows: dict[Key, None], found: set[tuple[str, str, str, str, str]]
) -> None:
    expected = set()
    for period, code, thing in odd_rows:
        for oddity in ODDITIES:
            if oddity.period == period and oddity.kind != "copied" and oddity.name == thing:
                rule = {"jump": "rate_jump", "fall": "recognised_falls", "scaled": "count_jump"}[oddity.kind]
                expected.add((rule, period, code, thing))
    single = [oddity for oddity in ODDITIES if oddity.kind != "copied"]
    several = {(p, c) for p, c, _ in odd_rows if sum((p, c) == key[:2] for key in odd_rows) > 2}
    assert len(several) == len(ODDITIES) - len(single)
    expected = {e for e in expected if e[1:3] not in several}
    assert len(expected) == len(single)
    expected |= {
        ("copied", period, code, thing)
        for period, code in several
        for thing in ("family", "citizen_resident")
    }
    assert expected <= {flag[:4] for flag in found}


def test_few_ordinary_rows_are_flagged(
    full: Connection, odd_rows: dict[Key, None], found: set[tuple[str, str, str, str, str]]
) -> None:
    after = dict(pairwise(QUARTERS))
    known = {(p, code, thing) for period, code, thing in odd_rows for p in (period, after.get(period))}
    unexplained = {flag for flag in found if flag[1:4] not in known}
    rows = full.execute(
        "SELECT sum(rows_kept) FROM build_file WHERE table_name IN ('learning_models', 'participation')"
    )
    (reported,) = rows.fetchone() or (0,)
    assert {flag[0] for flag in unexplained} <= {"families_population"}
    assert len({flag[2] for flag in unexplained}) <= 1, "one ward has more people to a family than is usual"
    assert len(unexplained) < 0.001 * reported
    assert len(found) < 3 * len(ODDITIES) + len(unexplained)


# ---- The sentences ------------------------------------------------------------------------------------------------


def macros() -> Connection:
    """The wordings of the mart, without a warehouse."""
    con = duckdb.connect()
    for statement in MART.read_text(encoding="utf-8").split(";\n"):
        body = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
        if body.startswith("CREATE TEMP MACRO") and "flag_limit" not in body:
            con.execute(body)
    return con


def test_periods_are_named_as_on_the_screens() -> None:
    periods = {
        (period.start, period.end) for _, period in spellings() if period.start.year in (2021, 2024, 2025)
    }
    odd: list[tuple[dt.date | None, dt.date]] = [(None, dt.date(2025, month, 5)) for month in range(1, 13)]
    odd += [(dt.date(2025, 2, 1), dt.date(2025, 4, 30)), (dt.date(2025, 7, 2), dt.date(2025, 9, 30))]
    with macros() as con:
        for start, end in [*sorted(periods), *odd]:
            row = con.execute(
                "SELECT vi_period(CAST($1 AS DATE), CAST($2 AS DATE)), en_period(CAST($1 AS DATE), CAST($2 AS DATE))",
                [start, end],
            ).fetchone()
            assert row == (period_name(start, end, "vi"), period_name(start, end, "en"))


@pytest.mark.parametrize(
    "value", [0.0, 1.0, 12.5, 999.0, 1000.0, 1669074.0, 0.721, 0.00004, 0.99999, 471_700_000_000.0]
)
def test_numbers_are_written_as_on_the_screens(value: float) -> None:
    with macros() as con:
        row = con.execute(
            "SELECT vi_number($1, 0), en_number($1, 0), vi_percent($1), en_percent($1), vi_points($1), en_points(-$1)",
            [value],
        ).fetchone()
    assert row == (
        decimal(value, "vi"), decimal(value, "en"), percent(value, "vi"), percent(value, "en"), points(value, "vi"),
        points(-value, "en"),
    )  # fmt: skip


@pytest.mark.parametrize("which", ["con", "full"])
def test_a_sentence_is_whole_and_names_the_unit_and_the_period(
    which: str, request: pytest.FixtureRequest
) -> None:
    rows = (
        request.getfixturevalue(which)
        .execute(
            "SELECT sentence_vi, sentence_en, name_vi, name_en, period_start, period_end FROM quality_flag JOIN unit USING (unit_key)"
        )
        .fetchall()
    )
    assert rows
    for vi, en, name_vi, name_en, start, end in rows:
        assert vi.startswith(f"{name_vi}, {period_name(start, end, 'vi')}: ")
        assert en.startswith(f"{name_en}, {period_name(start, end, 'en')}: ")
        for text, foreign in ((vi, r"\d,\d{3}(?!\d)"), (en, r"\d\.\d{3}(?!\d)")):
            assert text.endswith(".")
            assert not re.search(r"null|none|nan|inf\b|\{|  ", text.lower()), text
            assert not re.search(foreign, text), text


@pytest.mark.parametrize(
    ("rule", "name", "vi", "en"),
    [
        ("total_falls", "at the share", "“Tổng số dòng họ” giảm từ 1.000 xuống 950 dòng họ so với quý IV/2025 (−5,0%).",
         "“Clans, total” fell from 1,000 to 950 clans since Q4 2025 (−5.0%)."),
        ("recognised_falls", "registered fall by less",
         "“Cộng đồng học tập (thôn, tổ dân phố): số được công nhận” giảm từ 400 xuống 380 thôn, tổ dân phố so với quý IV/2025"
         " (−5,0%), trong khi số đăng ký chỉ giảm từ 500 xuống 476.",
         "“Learning community (hamlet, residential group): recognised” fell from 400 to 380 hamlets and groups since Q4 2025"
         " (−5.0%), while those registered only fell from 500 to 476."),
        ("copied", "large enough",
         "cả ba số về “Công dân học tập (trong đơn vị)” giống hệt quý IV/2025: tổng số 500, đăng ký 400, được công nhận 300.",
         "all three figures on “Learning citizen (staff of units)” are those of Q4 2025: 500 in total, 400 registered, 300 recognised."),
        ("rate_jump", "10 points down",
         "“Đơn vị học tập (cấp xã quản lý): tỷ lệ công nhận trên tổng số” giảm từ 50,0% xuống 40,0% (−10,0 điểm %) so với quý IV/2025;"
         " trung vị của nhóm “Phường đô thị đông” (17 đơn vị) là ±0,0 điểm %.",
         "“Learning unit (commune-managed): recognised, share of the total” fell from 50.0% to 40.0% (−10.0 pp) since Q4 2025;"
         " the median of the group “Urban wards, dense” (17 units) is ±0.0 pp."),
        ("count_jump", "three times",
         "“Số đợt truyền thông về học tập suốt đời” tăng từ 20 lên 62 đợt (gấp 3,1 lần) so với quý IV/2025;"
         " trung vị của nhóm “Phường đô thị đông” (18 đơn vị) là 100% kỳ trước.",
         "“Communication campaigns on lifelong learning” rose from 20 to 62 campaigns (3.1 times) against Q4 2025;"
         " the median of the group “Urban wards, dense” (18 units) is 100% of the period before."),
    ],
)  # fmt: skip
def test_sentences_say_what_is_odd(
    con: Connection, members: dict[str, list[str]], rule: str, name: str, vi: str, en: str
) -> None:
    _, indicator_id, examples_of = RULES[rule]
    code = members[GROUP][[example.name for example in examples_of].index(name)]
    row = con.execute(
        "SELECT sentence_vi, sentence_en FROM quality_flag JOIN unit USING (unit_key)"
        " WHERE code = ? AND flag_rule = ? AND indicator_id = ? AND period_end = ?",
        [code, rule, indicator_id, ENDS[Q1]],
    ).fetchone()
    assert row is not None
    assert [text.partition(": ")[2] for text in row] == [vi, en]


def test_bounds_hold_what_the_rule_lets_pass(con: Connection) -> None:
    rows = con.execute("SELECT flag_rule, value, expected_low, expected_high FROM quality_flag").fetchall()
    for rule, value, low, high in rows:
        if rule == "copied":
            assert (low, high) == (None, None)
        else:
            outside = (low is not None and value <= low + 1e-9) or (high is not None and value >= high - 1e-9)
            assert outside, (rule, value, low, high)


def test_without_reports_there_is_nothing_to_look_at(warehouse_empty: Path) -> None:
    with opened(warehouse_empty) as con:
        assert con.execute("SELECT count(*) FROM quality_flag").fetchone() == (0,)
