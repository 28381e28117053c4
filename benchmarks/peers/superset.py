"""Apache Superset: its metadata, the four charts on one dashboard with a filter, and a server of two workers."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.peers.data import PEER_GROUP, Rows
from benchmarks.peers.serving import Server, started
from tests.serving import free_port

HERE = Path(__file__).resolve().parent
USER = "peers"
SLUG = "mo-hinh"
WAIT_SECONDS = 120
FILTER = "NATIVE_FILTER-model"
# Superset's installation guide; two workers where it says ten, since two cores serve everybody here.
GUNICORN = (
    "gunicorn", "-w", "2", "-k", "gevent", "--worker-connections", "1000", "--timeout", "120",
    "--limit-request-line", "0", "--limit-request-field_size", "0", "superset.app:create_app()",
)  # fmt: skip
RATE = {"expressionType": "SQL", "sqlExpression": "sum(recognised) / sum(total)", "label": "rate"}
COUNT = {"expressionType": "SQL", "sqlExpression": "sum(n)", "label": "n"}


@dataclass(frozen=True)
class Installed:
    """Superset's programs, its folder and what its sessions are signed with."""

    programs: Path
    home: Path
    secret: str
    password: str

    def environment(self, cached: bool = False) -> dict[str, str]:
        own = {
            "HOME": str(self.home),
            "SUPERSET_HOME": str(self.home),
            "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
            "PEERS_SECRET_KEY": self.secret,
            "PEERS_CACHE": "1" if cached else "",
            "FLASK_APP": "superset.app:create_app()",
            "SCARF_ANALYTICS": "false",
        }
        return {**os.environ, **own}


def prepared(programs: Path, home: Path) -> Installed:
    """A new metadata database with an administrator whose password nobody knows."""
    home.mkdir()
    made = Installed(programs, home, secrets.token_hex(32), secrets.token_urlsafe(16))
    admin = ("--username", USER, "--firstname", "P", "--lastname", "P", "--email", "peers@localhost")
    commands = (
        ("db", "upgrade"),
        ("fab", "create-admin", *admin, "--password", made.password),
        ("init",),
    )
    with (home / "prepare.log").open("wb") as log:
        for command in commands:
            subprocess.run(
                [programs / "superset", *command], env=made.environment(), stdout=log, stderr=log, check=True
            )
    return made


@contextmanager
def serving(made: Installed, cached: bool) -> Iterator[Server]:
    """Two workers on a free port of this machine; with ``cached`` they keep answers in files."""
    port = free_port()
    command = [str(made.programs / GUNICORN[0]), "-b", f"127.0.0.1:{port}", *GUNICORN[1:]]
    log = made.home / f"gunicorn-{port}.log"
    with started(
        command, made.home, log, made.environment(cached), f"http://127.0.0.1:{port}/health"
    ) as server:
        yield server


def dashboard(url: str, made: Installed, rows: Rows) -> list[int]:
    """Make the data source, four charts and their dashboard over the REST interface; return the charts' numbers."""
    with httpx.Client(base_url=url, timeout=WAIT_SECONDS) as client:
        client.headers.update(authorised(client, made))
        made_by = Maker(client)
        address = f"duckdb:///{rows.database}?access_mode=READ_ONLY"
        database = made_by.make("database", database_name="reports", sqlalchemy_uri=address)
        reports, steps = (
            made_by.make("dataset", database=database, schema="main", table_name=name)
            for name in ("reports", "steps")
        )
        page = made_by.make("dashboard", dashboard_title="Mô hình học tập", slug=SLUG, published=True)
        charts = [
            made_by.make(
                "chart",
                slice_name=name,
                viz_type=kind,
                datasource_type="table",
                datasource_id=source,
                params=json.dumps({"viz_type": kind, "datasource": f"{source}__table", **form}),
                dashboards=[page],
            )
            for name, kind, source, form in forms(reports, steps, rows.period)
        ]
        client.put(
            f"/api/v1/dashboard/{page}",
            json={
                "position_json": json.dumps(positions(charts)),
                "json_metadata": json.dumps(metadata(charts, reports, steps, rows.models[0])),
            },
        ).raise_for_status()
    return charts


def authorised(client: httpx.Client, made: Installed) -> dict[str, str]:
    """What requests to the REST interface carry."""
    login = {"username": USER, "password": made.password, "provider": "db"}
    token = client.post("/api/v1/security/login", json=login).raise_for_status().json()["access_token"]
    head = {"Authorization": f"Bearer {token}", "Referer": str(client.base_url)}
    answer = client.get("/api/v1/security/csrf_token/", headers=head).raise_for_status()
    return head | {"X-CSRFToken": answer.json()["result"]}


def signed_in(url: str, made: Installed) -> dict[str, str]:
    """The cookies of a reader who has signed in on the form."""
    with httpx.Client(base_url=url, timeout=WAIT_SECONDS) as client:
        token = authorised(client, made)["X-CSRFToken"]
        form = {"username": USER, "password": made.password, "csrf_token": token}
        client.post("/login/", data=form, headers={"Referer": url})
        if client.get("/api/v1/me/").is_error:
            raise RuntimeError("Superset did not let its administrator in")
        return dict(client.cookies)


@dataclass(frozen=True)
class Maker:
    """Who makes things over the REST interface."""

    client: httpx.Client

    def make(self, kind: str, **described: Any) -> int:
        answer = self.client.post(f"/api/v1/{kind}/", json=described)
        if answer.is_error:
            raise RuntimeError(f"Superset made no {kind}: {answer.text}")
        return int(answer.json()["id"])


def forms(reports: int, steps: int, period: str) -> list[tuple[str, str, int, dict[str, Any]]]:
    """Each chart's name, Superset's name of its kind, the data set it draws, and what its form holds."""
    now = where(f"period_end = DATE '{period}'")
    among = where(f"peer_group = '{PEER_GROUP}'")
    bars = {"x_axis": "unit", "metrics": [RATE], "orientation": "horizontal", "x_axis_sort": "rate"}
    return [
        (
            "Tỷ lệ toàn thành phố",
            "echarts_timeseries_line",
            reports,
            {
                "x_axis": "period_end",
                "metrics": [RATE],
                "groupby": [],
                "markerEnabled": True,
                "row_limit": 1000,
            },
        ),
        (
            "Từ tổng số đến được công nhận",
            "funnel",
            steps,
            {"groupby": ["step"], "metric": COUNT, "adhoc_filters": [now], "row_limit": 10},
        ),
        (
            "Phân bố các xã, phường",
            "histogram_v2",
            reports,
            {"column": "rate", "groupby": [], "bins": 10, "adhoc_filters": [now], "row_limit": 1000},
        ),
        (
            "Xếp hạng",
            "echarts_timeseries_bar",
            reports,
            bars | {"x_axis_sort_asc": True, "groupby": [], "adhoc_filters": [now, among], "row_limit": 1000},
        ),
    ]


def where(condition: str) -> dict[str, str]:
    return {"expressionType": "SQL", "sqlExpression": condition, "clause": "WHERE"}


def positions(charts: list[int]) -> dict[str, Any]:
    """Two rows of two charts."""
    rows = [f"ROW-{n}" for n in range(2)]
    tops = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
    }
    lines = {
        row: {
            "type": "ROW",
            "id": row,
            "children": [f"CHART-{chart}" for chart in charts[2 * n : 2 * n + 2]],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for n, row in enumerate(rows)
    }
    places = {
        f"CHART-{chart}": {
            "type": "CHART",
            "id": f"CHART-{chart}",
            "children": [],
            "parents": ["ROOT_ID", "GRID_ID", rows[n // 2]],
            "meta": {"chartId": chart, "width": 6, "height": 50},
        }
        for n, chart in enumerate(charts)
    }
    return {**tops, **lines, **places}


def metadata(charts: list[int], reports: int, steps: int, first: str) -> dict[str, Any]:
    """The filter on the model, for all four charts, with its first value."""
    model = {
        "id": FILTER,
        "name": "Mô hình",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetId": source, "column": {"name": "model"}} for source in (reports, steps)][:1],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "chartsInScope": charts,
        "controlValues": {"multiSelect": False, "enableEmptyFilter": False, "defaultToFirstItem": False},
        "defaultDataMask": {
            "extraFormData": {"filters": [{"col": "model", "op": "IN", "val": [first]}]},
            "filterState": {"value": [first], "label": first},
        },
        "cascadeParentIds": [],
    }
    return {"native_filter_configuration": [model], "chart_configuration": {}, "refresh_frequency": 0}
