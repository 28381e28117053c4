"""Warehouses for every test, built once a run.

Tests run in several processes at once. A warehouse is built by the first of them that asks, behind a file lock,
in a folder that all of them share; the others wait and use it. Servers are one a process (see tests/browser).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.serving import ROOT

DATA = ROOT / "data"
SHIPPED = ("reference", "published", "sample")
"""Its folders that come with the project."""

ONE_ROW = (
    "period,unit_code,unit_name,model,total,registered,recognised,note\n"
    "2026-Q3,00004,Phường Ba Đình,family,1000,800,700,\n"
)

BuildWarehouse = Callable[[str, Callable[[Path], Path]], Path]


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BuildWarehouse:
    """Build the warehouse of that name, once for all processes of this run.

    `lay_out` gets an empty folder and returns the data folder to build from.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def build(name: str, lay_out: Callable[[Path], Path]) -> Path:
        from etl.build import build as etl_build

        warehouse = shared / f"warehouse-{name}"
        done = shared / f"warehouse-{name}.done"
        with FileLock(shared / f"warehouse-{name}.lock"):
            if not done.exists():
                shutil.rmtree(warehouse, ignore_errors=True)
                scratch = tmp_path_factory.mktemp(f"data-{name}")
                etl_build(data_dir=lay_out(scratch), out_dir=warehouse, allow_shrink=True)
                done.touch()
        return warehouse

    return build


@pytest.fixture(scope="session")
def warehouse_full(build_warehouse: BuildWarehouse) -> Path:
    """From all that comes with the project; what an office adds on its machine (reports, outlines) stays out."""
    return build_warehouse("full", shipped)


@pytest.fixture(scope="session")
def warehouse_empty(build_warehouse: BuildWarehouse) -> Path:
    """From the reference tables alone: no published, reported or illustrative figure."""
    return build_warehouse("empty", reference_only)


@pytest.fixture(scope="session")
def warehouse_one_row(build_warehouse: BuildWarehouse) -> Path:
    """One ward has sent one row."""
    return build_warehouse("one-row", reference_and_one_row)


def shipped(folder: Path) -> Path:
    for name in SHIPPED:
        shutil.copytree(DATA / name, folder / name)
    return folder


def reference_only(folder: Path) -> Path:
    shutil.copytree(DATA / "reference", folder / "reference")
    return folder


def reference_and_one_row(folder: Path) -> Path:
    reference_only(folder)
    report = folder / "reports" / "one.csv"
    report.parent.mkdir()
    report.write_text(ONE_ROW, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="session", autouse=True)
def figures_are_checked() -> Iterator[None]:
    """Every figure that any test draws is one that Plotly accepts, and is told as Plotly would tell it."""
    import plotly.graph_objects as go
    import plotly.io

    from charts.drawing import Drawing, Finished

    original = Drawing.finished

    def checked(drawing: Drawing) -> Finished:
        figure = original(drawing)
        told = json.loads(plotly.io.to_json(figure, validate=False))
        looked_at = original(drawing)
        assert isinstance(looked_at.layout, go.Layout)
        by_plotly = json.loads(plotly.io.to_json(looked_at, validate=False))
        del by_plotly["layout"]["template"]  # what a browser does without one
        assert told == by_plotly
        return figure

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drawing, "finished", checked)
        yield


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch):
    """Run a screen by AppTest, as serve.py would: `open_page(warehouse, "mo-hinh", lang="en")`.

    AppTest would otherwise start in Streamlit's old mode, because a folder `pages/` exists.
    """
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    original = PagesManager.__init__

    def as_served(self, *args, **kwargs) -> None:
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", as_served)

    def open_it(
        warehouse: Path, url_path: str = "", *, timeout: float = 60, **query: str | list[str]
    ) -> AppTest:
        monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
        screen = AppTest.from_file(ROOT / "dashboard.py", default_timeout=timeout)
        for name, value in query.items():
            screen.query_params[name] = value
        if url_path:
            screen._page_hash = calc_hash(url_path)
        return screen.run()

    return open_it
