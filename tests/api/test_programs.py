"""The interface as programs use it: spreadsheets, Power BI, R, caches; and what it answers where something is wrong."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import duckdb
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from queries.explore import Choice, asked, count
from queries.warehouse import Warehouse, current_warehouse
from tests.api.conftest import Answered, Programs, Serve
from tests.serving import ROOT, Server, free_port, healthy

FAMILY = "model.family.recognised_of_total"


@pytest.fixture(scope="session")
def full(warehouse_full: Path) -> Warehouse:
    return current_warehouse(warehouse_full)


def lines(answer: Answered) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def assert_problem(answer: Answered, status: int, kind: str) -> dict[str, object]:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, object] = answer.json
    assert told["status"] == status and told["type"] == f"/api/v1/problems/{kind}"
    for lang in ("vi", "en"):
        words = told[lang]
        assert isinstance(words, dict) and all(words[part] for part in ("title", "detail", "todo"))
    return told


# ---- Figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ("", Choice()),
        (f"indicator={FAMILY},school.count", Choice(indicators=(FAMILY, "school.count"))),
        (f"indicator={FAMILY}&indicator=school.count", Choice(indicators=(FAMILY, "school.count"))),
        ("level=ward&status=reported,illustrative", Choice(levels=("ward",), statuses=("reported", "illustrative"))),
        ("unit=00097@2025-07-01", Choice(units=("00097@2025-07-01",))),
        ("district=001@legacy", Choice(districts=("001@legacy",))),
        ("type=phuong&first=2026-01-01&last=2026-06-30",
         Choice(types=("phuong",), first=pd.Timestamp("2026-01-01").date(), last=pd.Timestamp("2026-06-30").date())),
        ("peer_group=phuong_dense", Choice(peer_groups=("phuong_dense",))),
        ("basis=recognised_of_total&boundaries=wards_2025_07", Choice(bases=("recognised_of_total",), boundaries="wards_2025_07")),
        ("group=district&missing=true", Choice(group="district", missing=True)),
        ("first=2027-01-01&last=2026-01-01", Choice(first=pd.Timestamp("2027-01-01").date(), last=pd.Timestamp("2026-01-01").date())),
    ],
)  # fmt: skip
def test_figures_are_those_of_the_explore_page(
    ask: Programs, full: Warehouse, query: str, choice: Choice
) -> None:
    answer = ask(f"/api/v1/observations?limit=5&{query}").json
    assert answer["total"] == count(full, asked(full, choice))
    assert len(answer["data"]) == min(5, answer["total"])


def test_sorting_by_value_and_back(ask: Programs) -> None:
    def values(sort: str) -> list[float]:
        rows = ask(f"/api/v1/observations?indicator={FAMILY}&limit=50&sort={sort}").json["data"]
        return [row["value"] for row in rows]

    assert values("value") == sorted(values("value"))
    assert values("-value") == sorted(values("-value"), reverse=True)
    assert values("value")[0] < values("-value")[0]


def test_following_next_reaches_every_row_once(ask: Programs) -> None:
    seen: list[tuple[str, ...]] = []
    path: str | None = f"/api/v1/observations?indicator={FAMILY}&level=ward&limit=157"
    pages = 0
    while path:
        answer = ask(path)
        seen += [(r["unit_key"], r["period_end"], r["status"], r["source_id"]) for r in answer.json["data"]]
        path = answer.json["next"]
        assert (path is not None) == ('rel="next"' in (answer.headers["Link"] or ""))
        pages += 1
    assert pages > 3
    assert len(seen) == len(set(seen)) == int(answer.headers["Total-Count"])
    assert 'rel="prev"' in answer.headers["Link"]


def test_each_row_and_a_header_say_which_figures_are_illustrative(ask: Programs) -> None:
    answer = ask("/api/v1/observations?limit=500&boundaries=districts_2025_06")
    rows = answer.json["data"]
    assert {row["origin_status"] for row in rows} <= {"published", "reported", "illustrative"}
    told = dict(part.split("=") for part in answer.headers["Figures-Status"].split(", "))
    assert {s: int(n) for s, n in told.items()} == answer.json["statuses"]
    assert sum(answer.json["statuses"].values()) == len(rows)
    assert "minh họa" in answer.json["notice"]
    real = ask("/api/v1/observations?limit=50&status=published").json
    assert real["notice"] is None and set(real["statuses"]) == {"published"}


def test_names_and_labels_follow_the_language(ask: Programs) -> None:
    vi = ask("/api/v1/units/00097@2025-07-01").json["data"]
    en = ask("/api/v1/units/00097@2025-07-01?lang=en").json["data"]
    assert vi["name"] == "Phường Hồng Hà"
    assert en["name"] != vi["name"] and en["level_label"] != vi["level_label"]
    assert list(vi) == list(en)


def test_rates_are_sums_over_sums_in_a_group(ask: Programs) -> None:
    row = ask(f"/api/v1/observations?indicator={FAMILY}&group=city&last=2026-09-30&limit=1&status=illustrative").json["data"][0]  # fmt: skip
    assert row["value"] == pytest.approx(row["numerator"] / row["denominator"])
    assert 0 < row["population_share"] <= 1
    assert row["units_reporting"] <= row["units_expected"]


# ---- Stable addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("units/00097@2025-07-01", "code", "00097"),
        ("units/01", "level", "city"),
        (f"indicators/{FAMILY}", "basis", "recognised_of_total"),
        ("indicators/population", "indicator_id", "population"),
        ("schools/MH-00004-001", "unit_key", "00004@2025-07-01"),
        ("schools/MH-00004-001?as_of=2025-09-30", "as_of", "2025-09-30"),
        ("sources/gso-unit-list", "source_id", "gso-unit-list"),
    ],
)
def test_each_thing_has_an_address(ask: Programs, path: str, name: str, value: str) -> None:
    assert ask(f"/api/v1/{path}").json["data"][name] == value
    joint = "&" if "?" in path else "?"
    assert lines(ask(f"/api/v1/{path}{joint}format=csv"))[0][name] == value


def test_the_index_lists_resources_and_every_documented_table(ask: Programs, full: Warehouse) -> None:
    index = ask("/api/v1/").json
    assert ask("/api/v1").json == index
    assert {t["name"] for t in index["tables"]} == {r["table_name"] for r in full.rows("FROM dictionary_table")}  # fmt: skip
    assert {r["name"] for r in index["resources"]} >= {"observations", "units", "indicators", "schools", "members", "sources"}  # fmt: skip


def test_every_table_can_be_read_in_both_formats(ask: Programs, full: Warehouse) -> None:
    for table in ask("/api/v1/").json["tables"]:
        if table["name"] == "observation_reexpressed":
            continue  # a large view, read elsewhere
        answer = ask(f"{table['href']}?limit=3").json
        row = full.row(f"SELECT count(*) AS n FROM {table['name']}")
        assert row and answer["total"] == row["n"], table["name"]
        assert len(lines(ask(f"{table['href']}?limit=3&format=csv"))) == len(answer["data"])


# ---- Excel, Power BI, R -------------------------------------------------------------------------------------------


def test_a_csv_address_opens_in_one_line_as_in_power_bi_or_r(ask: Programs, full: Warehouse) -> None:
    """Power Query's Csv.Document(Web.Contents(url)) and R's read.csv(url) read UTF-8 without a mark, names first."""
    frame = pd.read_csv(f"{ask.url}/api/v1/observations?format=csv&indicator={FAMILY}&level=ward&limit=10000")
    expected = full.row(
        "SELECT count(*) AS n, sum(numerator) AS total FROM observation JOIN unit USING (unit_key)"
        " WHERE indicator_id = ? AND level = 'ward'", FAMILY,
    )  # fmt: skip
    assert expected and len(frame) == expected["n"]
    assert frame["numerator"].sum() == pytest.approx(expected["total"])
    assert frame.columns[0] == "indicator_id"
    assert frame["unit"].str.contains("Phường Ba Đình").any()


def test_excel_is_told_the_letters_and_gets_no_mark(ask: Programs) -> None:
    answer = ask("/api/v1/units?format=csv&limit=2", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert not answer.body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in answer.body
    assert ".csv" in answer.headers["Content-Disposition"]


def test_json_and_csv_say_the_same(ask: Programs) -> None:
    path = "/api/v1/observations?limit=300&boundaries=wards_2025_07"
    rows = ask(path).json["data"]
    cells = lines(ask(path, Accept="text/csv"))
    assert len(rows) == len(cells) == 300
    for row, line in zip(rows, cells, strict=True):
        assert list(row) == list(line)
        for name, value in row.items():
            shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert line[name] == shown, name


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(
    tmp_path: Path, serve_api: Serve, full: Warehouse
) -> None:
    build = tmp_path / f"{full.build_id}.duckdb"
    build.write_bytes(full.path.read_bytes())
    (tmp_path / "CURRENT").write_text(full.build_id, encoding="utf-8")
    with duckdb.connect(str(build)) as writing:
        writing.execute("UPDATE source SET title = '=1+1' WHERE source_id = 'gso-unit-list'")
    asking = serve_api(tmp_path)
    assert lines(asking("/api/v1/sources/gso-unit-list?format=csv"))[0]["title"] == "'=1+1"
    assert asking("/api/v1/sources/gso-unit-list").json["data"]["title"] == "=1+1"


# ---- HTTP ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/openapi.json", "/api/v1/units?limit=1", "/api/v1/units/01", "/api/v1/units?format=csv"])  # fmt: skip
def test_an_answer_that_is_known_is_not_sent_again(ask: Programs, path: str, full: Warehouse) -> None:
    first = ask(path)
    tag = first.headers["ETag"]
    assert full.build_id in tag
    again = ask(path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert ask(path, If_None_Match='"other", ' + tag).status == 304
    assert ask(path, If_None_Match='"other"').status == 200


def test_the_tag_tells_formats_apart(ask: Programs) -> None:
    tags = {ask("/api/v1/units?limit=1", Accept=media).headers["ETag"] for media in ("application/json", "text/csv")}  # fmt: skip
    assert len(tags) == 2


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/units?limit=3", "/api/v1/units/01", "/api/v1/nothing"])
def test_head_is_get_without_the_body(ask: Programs, path: str) -> None:
    got, head = ask(path), ask(path, "HEAD")
    assert head.body == b"" and head.status == got.status
    for name in ("Content-Type", "Content-Length", "ETag", "Total-Count", "Link"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("accept", "media"),
    [("", "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"), ("text/*", "text/csv"),
     ("application/json;q=0.5, text/csv", "text/csv"), ("text/csv;q=0, */*", "application/json"), ("text/html, */*;q=0.1", "application/json")],
)  # fmt: skip
def test_accept_chooses_the_format(ask: Programs, accept: str, media: str) -> None:
    assert ask("/api/v1/units?limit=1", Accept=accept).headers["Content-Type"].startswith(media)


def test_long_answers_are_packed_for_who_can_unpack(ask: Programs) -> None:
    plain, packed = ask("/api/v1/units"), ask("/api/v1/units", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json == plain.json and len(packed.body) < len(plain.body) / 3
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/api/v1/", "/api/v1/units?limit=1", "/api/v1/nothing", "/api/v1/units?x=1"]
)
def test_no_page_of_another_site_can_read_an_answer(ask: Programs, path: str) -> None:
    answer = ask(path, Origin="https://example.org")
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


# ---- Problems -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api", 404, "not-found"), ("/api/v2/units", 404, "not-found"), ("/api/v1/nothing", 404, "not-found"),
        ("/api/v1/units/a%20b", 404, "not-found"), ("/api/v1/units/99999@2025-07-01", 404, "no-such-value"),
        ("/api/v1/units/..%2f..%2fetc", 404, "not-found"), ("/api/v1/tables/duckdb_settings", 404, "no-such-value"),
        ("/api/v1/tables/unit;drop", 404, "not-found"), ("/api/v1/schools/MH-00004-001?as_of=1999-01-01", 404, "no-such-value"),
        ("/api/v1/observations?indicator=no.such", 404, "no-such-value"), ("/api/v1/observations?unit=99999@legacy", 404, "no-such-value"),
        ("/api/v1/observations?peer_group=none", 404, "no-such-value"), ("/api/v1/observations?district=99@legacy", 404, "no-such-value"),
        ("/api/v1/observations?limit=0", 400, "bad-parameter"), ("/api/v1/observations?limit=10001", 400, "bad-parameter"),
        ("/api/v1/observations?limit=ten", 400, "bad-parameter"), ("/api/v1/observations?limit=", 400, "bad-parameter"),
        ("/api/v1/observations?limit=1&limit=2", 400, "bad-parameter"), ("/api/v1/observations?offset=-1", 400, "bad-parameter"),
        ("/api/v1/observations?first=2026-02-30", 400, "bad-parameter"), ("/api/v1/observations?first=20260101", 400, "bad-parameter"),
        ("/api/v1/observations?missing=yes", 400, "bad-parameter"), ("/api/v1/observations?group=hamlet", 400, "bad-parameter"),
        ("/api/v1/observations?sort=password", 400, "bad-parameter"), ("/api/v1/observations?sort=value;--", 400, "bad-parameter"),
        ("/api/v1/observations?status=fake", 400, "bad-parameter"), ("/api/v1/observations?indicator=", 400, "bad-parameter"),
        ("/api/v1/observations?indicator=a'--", 400, "bad-parameter"), ("/api/v1/observations?format=xml", 400, "bad-parameter"),
        ("/api/v1/observations?lang=fr", 400, "bad-parameter"), ("/api/v1/observations?indicater=x", 400, "unknown-parameter"),
        ("/api/v1/?format=csv", 400, "bad-parameter"), ("/api/v1/members?country=vn", 400, "bad-parameter"),
        ("/api/v1/units?type=" + "phuong," * 300, 400, "bad-parameter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(ask: Programs, path: str, status: int, kind: str) -> None:
    told = assert_problem(ask(path), status, kind)
    if kind in ("bad-parameter", "unknown-parameter"):
        assert isinstance(told["parameter"], str) and str(told["parameter"]) in str(told["detail"])


def test_a_slip_of_the_pen_is_answered_with_the_nearest_name(ask: Programs) -> None:
    told = assert_problem(ask("/api/v1/observations?indicator=model.family.recognized_of_total"), 404, "no-such-value")  # fmt: skip
    assert FAMILY in str(told["detail"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/units", "/api/v1/units/01", "/api/v1/nothing"])
def test_nothing_but_reading(ask: Programs, method: str, path: str) -> None:
    answer = ask(path, method)
    if path != "/api/v1/nothing" or method != "PROPFIND":
        assert_problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/api/v1/units", "/api/v1/"])
def test_a_format_that_is_not_there(ask: Programs, path: str) -> None:
    assert_problem(ask(path, Accept="image/png"), 406, "not-acceptable")


def test_before_anything_is_published_the_interface_says_so(serve_api: Serve, tmp_path: Path) -> None:
    asking = serve_api(tmp_path / "none")
    for path in ("/api/v1/", "/api/v1/observations", "/api/v1/units/01", "/api/v1/tables/unit"):
        told = assert_problem(asking(path), 503, "nothing-published")
        assert "make run" in str(told["detail"])
        assert asking(path).headers["Retry-After"]
    assert asking("/api/v1/openapi.json").json["openapi"] == "3.1.0"


def test_reference_tables_alone(serve_api: Serve, warehouse_empty: Path) -> None:
    asking = serve_api(warehouse_empty)
    answer = asking("/api/v1/observations").json
    assert (answer["total"], answer["data"], answer["notice"]) == (0, [], None)
    assert asking("/api/v1/observations?format=csv").text.count("\r\n") == 1
    assert asking("/api/v1/schools").json["total"] == 0


def test_a_new_build_is_noticed_and_changes_the_tag(
    serve_api: Serve, tmp_path: Path, warehouse_one_row: Path, warehouse_full: Path
) -> None:
    asking = None
    tags = []
    for folder in (warehouse_one_row, warehouse_full):
        build = (folder / "CURRENT").read_text(encoding="utf-8").strip()
        (tmp_path / f"{build}.duckdb").write_bytes((folder / f"{build}.duckdb").read_bytes())
        (tmp_path / "CURRENT").write_text(build, encoding="utf-8")
        asking = asking or serve_api(tmp_path)
        answer = asking("/api/v1/observations?status=illustrative&limit=1")
        tags.append(answer.headers["ETag"])
        assert (answer.json["total"] > 0) == (folder == warehouse_full)
        assert answer.headers["Figures-Build"] == build
    assert len(set(tags)) == 2


# ---- Description --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_description_names_every_parameter_and_column(ask: Programs, lang: str) -> None:
    described = ask(f"/api/v1/openapi.json?lang={lang}").json
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                assert parameter["description"].strip(), (path, parameter["name"])
                Draft202012Validator.check_schema(parameter["schema"])
    row = described["paths"]["/observations"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"]["items"]  # fmt: skip
    answer = ask(f"/api/v1/observations?limit=200&lang={lang}").json
    validator = Draft202012Validator(row)
    assert all(validator.is_valid(told) for told in answer["data"])
    assert all(told["description"] for told in row["properties"].values())


# ---- Limits -------------------------------------------------------------------------------------------------------


def test_a_question_that_takes_too_long_is_stopped(serve_api: Serve, warehouse_full: Path) -> None:
    asking = serve_api(warehouse_full, 0.05)
    started = time.monotonic()
    told = assert_problem(asking("/api/v1/tables/observation_reexpressed?limit=10000&offset=500000"), 503, "too-slow")  # fmt: skip
    assert time.monotonic() - started < 5
    assert "Narrow" in str(told["detail"])


def test_a_slow_client_holds_nobody_up(ask: Programs) -> None:
    """It asks for ten thousand rows and does not read them; others get their answers meanwhile."""
    import socket

    slow = []
    for _ in range(6):
        line = socket.create_connection(("127.0.0.1", ask.port))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /api/v1/observations?limit=10000 HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.append(line)
    time.sleep(1.5)
    took = []
    for _ in range(5):
        started = time.monotonic()
        assert ask("/api/v1/units/01").status == 200
        took.append(time.monotonic() - started)
    for line in slow:
        line.close()
    assert min(took) < 0.5, took


def test_many_at_once_get_right_answers_or_are_asked_to_come_again(ask: Programs) -> None:
    answers: list[Answered] = []

    def program() -> None:
        answers.append(ask(f"/api/v1/observations?indicator={FAMILY}&limit=20"))

    threads = [threading.Thread(target=program) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    right = [a for a in answers if a.status == 200]
    assert len(answers) == 30 and right
    assert len({a.body for a in right}) == 1
    for answer in answers:
        if answer.status != 200:
            assert_problem(answer, 503, "busy")


# ---- In the server ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["python serve.py", "streamlit run serve.py"])
def test_the_interface_is_there_however_the_server_is_started(
    how: str, warehouse_full: Path, tmp_path: Path
) -> None:
    import os

    port = free_port()
    log = tmp_path / "log.txt"
    command = [sys.executable, "serve.py"] if how.startswith("python") else [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.port", str(port)]  # fmt: skip
    own = {"HOST": "127.0.0.1", "PORT": str(port), "WAREHOUSE_DIR": str(warehouse_full)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", log, process)
    try:
        assert healthy(server), server.text()
        asking = Programs(port)
        answer = asking("/api/v1/units/00097@2025-07-01")
        assert answer.json["data"]["code"] == "00097"
        assert "Set-Cookie" not in answer.headers
        for path in ("/api/v1/nothing", "/api/x", "/api/v1/..%5c..%5cx", "/api/v1/C:x"):
            assert_problem(asking(path), 404, "not-found")
        assert_problem(asking("/api/v1/units", "POST"), 405, "method-not-allowed")
        assert json.loads(
            urlopen(f"{server.url}/_stcore/host-config").read()
        )  # Streamlit's own addresses stay
        assert b"<!doctype html>" in asking("/").body.lower()
        assert "Traceback" not in server.text()
    finally:
        server.stop()
