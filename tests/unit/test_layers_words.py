"""The order of the layers: downhill only, no screen below, no SQL above, one way into the warehouse."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.serving import ROOT

MODULES = sorted(
    p
    for folder in ("etl", "queries", "charts", "exports", "api", "i18n", "ui", "pages")
    for p in (ROOT / folder).rglob("*.py")
)
SQL = re.compile(
    r"\b(SELECT\s+.+\s+FROM|INSERT\s+INTO|CREATE\s+(OR\s+REPLACE\s+)?(TEMP\s+)?(TABLE|VIEW))\b", re.DOTALL
)
MAY_IMPORT = {
    "etl": {"etl"},
    "i18n": {"i18n"},
    "queries": {"queries", "i18n"},
    "charts": {"charts", "queries", "i18n"},
    "exports": {"exports", "charts", "queries", "i18n"},
    "api": {"api", "exports", "charts", "queries", "i18n"},
    "ui": {"ui", "exports", "charts", "queries", "i18n"},
    "pages": {"pages", "ui", "exports", "charts", "queries", "i18n"},
}


def layer(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def imported(path: Path) -> set[str]:
    """Top-level packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def texts(path: Path) -> list[str]:
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_from_its_own_layer_or_below(path: Path) -> None:
    ours = imported(path) & set(MAY_IMPORT)
    assert ours <= MAY_IMPORT[layer(path)]


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if layer(p) in ("etl", "queries", "charts", "exports", "api", "i18n")],
    ids=name,
)
def test_below_the_screen_there_is_no_streamlit(path: Path) -> None:
    assert "streamlit" not in imported(path)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if layer(p) in ("pages", "ui", "charts", "i18n")], ids=name
)
def test_above_the_queries_there_is_no_sql(path: Path) -> None:
    assert "duckdb" not in imported(path)
    assert [text for text in texts(path) if SQL.search(text)] == []


@pytest.mark.parametrize(
    "path", [p for p in MODULES if layer(p) in ("charts", "i18n", "ui", "pages")], ids=name
)
def test_nobody_above_asks_the_warehouse_directly(path: Path) -> None:
    called = {
        n.attr for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)
    }
    assert not called & {"execute", "cursor", "_connection"}


OPENING = {
    "queries/engine.py": "for the screens",
    "queries/warehouse.py": "for the type of its connection",
    "queries/sql.py": "for a reader's own SQL, in a process of its own",
    "exports/reading.py": "for a file, with limits of its own",
    "api/desk.py": "for other programs, with limits of its own",
}


def test_the_warehouse_is_opened_in_few_places_and_its_connection_stays_there() -> None:
    """A connection shared between threads answers wrongly without a word; only cursors of it may be used."""
    reaching = [p for p in MODULES if layer(p) != "etl" and ("_connection" in p.read_text(encoding="utf-8"))]
    opening = [p for p in MODULES if layer(p) != "etl" and "duckdb" in imported(p)]
    assert [name(p) for p in reaching] == ["queries/warehouse.py"]
    assert {name(p) for p in opening} == set(OPENING)
    source = (ROOT / "queries" / "warehouse.py").read_text(encoding="utf-8")
    uses = re.findall(r"_connection\b(?!:)\S*", source)
    assert uses
    assert all(use.startswith("_connection.cursor()") for use in uses), uses


@pytest.mark.parametrize("path", [p for p in MODULES if layer(p) == "pages"], ids=name)
def test_a_page_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


def test_queries_bind_their_values() -> None:
    """No value is written into SQL by format, and none by an f-string but the names of constant parts."""
    for path in (p for p in MODULES if layer(p) == "queries"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                words = "".join(
                    v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str)
                )
                parts = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
                if SQL.search(words):
                    assert all(isinstance(part, ast.Name) and part.id.isupper() for part in parts), name(path)
