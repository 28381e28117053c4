"""Who may do what with office files, and that nothing else reaches publishing."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from tests.serving import ROOT, finished
from ui import downloads, roles
from ui.roles import MAY, NotAllowed, Person, UnreadableAccess, read_access, require, role_of

ACCESS = """
people:
  - {email: " Officer@Example.org ", role: officer, units: ["00004@2025-07-01"]}
  - {email: steward@example.org, role: steward}
  - {issuer: https://login.example.org, subject: "17", role: officer}
"""


@pytest.fixture
def access(tmp_path: Path) -> Path:
    path = tmp_path / "access.yml"
    path.write_text(ACCESS, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("claims", "role", "reason"),
    [
        ({"email": "officer@example.org", "email_verified": True}, "officer", "listed"),
        ({"email": "STEWARD@example.org", "email_verified": True}, "steward", "listed"),
        ({"email": "steward@example.org", "email_verified": False}, "viewer", "unverified"),
        ({"email": "steward@example.org", "email_verified": "true"}, "viewer", "unverified"),
        ({"email": "steward@example.org"}, "viewer", "unverified"),
        ({"email": "somebody@example.org", "email_verified": True}, "viewer", "not_listed"),
        ({"sub": "17", "iss": "https://login.example.org"}, "officer", "listed"),
        ({"sub": "17", "iss": "https://other.example.org"}, "viewer", "not_listed"),
        ({"sub": "steward@example.org", "email_verified": True}, "viewer", "not_listed"),
        ({}, "viewer", "not_listed"),
    ],
)
def test_the_role_behind_an_identity(access: Path, claims: dict[str, Any], role: str, reason: str) -> None:
    found = role_of(claims, read_access(access))
    assert (found.role, found.reason) == (role, reason)


def test_no_file_of_roles_makes_everybody_a_viewer(tmp_path: Path) -> None:
    assert read_access(tmp_path / "none.yml") == ()


@pytest.mark.parametrize(
    "text",
    [
        "people: 3",
        "- a list",
        "people:\n  - {email: a@example.org, role: admin}",
        "people:\n  - {email: a@example.org}",
        "people:\n  - {role: steward}",
        "people:\n  - {subject: x, role: steward}",
        "people:\n  - {email: a@example.org, subject: x, issuer: y, role: steward}",
        "people:\n  - {email: a@example.org, role: officer, units: 00004}",
        "people:\n  - {email: a@example.org, role: officer, more: 1}",
        "people:\n  - {email: a@example.org, role: viewer}\n  - {email: A@example.org, role: steward}",
        "people: [",
        "\x00",
    ],
)
def test_a_file_of_roles_with_a_slip_gives_nobody_a_role(tmp_path: Path, text: str) -> None:
    path = tmp_path / "access.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableAccess):
        read_access(path)


def test_the_example_of_the_file_of_roles_can_be_used() -> None:
    entries = read_access(ROOT / "data" / "access.example.yml")
    assert {entry.role for entry in entries} == set(MAY)
    assert all(entry.email.endswith("@example.org") for entry in entries if entry.email)


def at_the_screen(monkeypatch: pytest.MonkeyPatch, person: Person) -> None:
    monkeypatch.setattr(roles, "person", lambda: person)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("viewer", False), ("officer", False), ("steward", True)],
)
def test_only_a_steward_takes_back(monkeypatch: pytest.MonkeyPatch, role: Any, allowed: bool) -> None:
    at_the_screen(monkeypatch, Person(role, "x", "listed"))
    if allowed:
        assert require("undo").role == role
    else:
        with pytest.raises(NotAllowed):
            require("undo")


@pytest.mark.parametrize("units", [("00025@2025-07-01",), ("00004@2025-07-01", "00025@2025-07-01"), None])
def test_who_sends_for_one_unit_cannot_send_for_another(
    monkeypatch: pytest.MonkeyPatch, units: tuple[str, ...] | None
) -> None:
    at_the_screen(monkeypatch, Person("officer", "x", "listed", frozenset({"00004@2025-07-01"})))
    assert require("submit", ("00004@2025-07-01",)).by == "x"
    with pytest.raises(NotAllowed):
        require("submit", units)


def settings(
    monkeypatch: pytest.MonkeyPatch, address: str | None, local: str, headers: dict[str, str]
) -> None:
    monkeypatch.setattr(roles, "sign_in_configured", lambda: False)
    monkeypatch.setattr("streamlit.get_option", lambda name: address)
    monkeypatch.setenv("INTAKE_LOCAL", local)
    monkeypatch.setattr("streamlit.context", type("Context", (), {"headers": headers}))


@pytest.mark.parametrize(
    ("address", "local", "headers", "role"),
    [
        ("127.0.0.1", "steward", {}, "steward"),
        ("::1", "officer", {}, "officer"),
        ("127.0.0.1", "", {}, "viewer"),
        ("127.0.0.1", "admin", {}, "viewer"),
        ("0.0.0.0", "steward", {}, "viewer"),
        (None, "steward", {}, "viewer"),
        ("192.168.1.5", "steward", {}, "viewer"),
        ("127.0.0.1", "steward", {"X-Forwarded-For": "10.0.0.1"}, "viewer"),
    ],
)
def test_without_sign_in_only_this_machine_and_only_on_request(
    monkeypatch: pytest.MonkeyPatch, address: str | None, local: str, headers: dict[str, str], role: str
) -> None:
    settings(monkeypatch, address, local, headers)
    assert roles.person().role == role


def test_the_interface_for_programs_has_no_route_that_writes(warehouse_full: Path) -> None:
    from api import app

    routes = list(app.interface(lambda: warehouse_full).routes)
    *answering, last = [(route.path, set(route.methods or ()), route.endpoint) for route in routes]  # type: ignore[attr-defined]
    assert len(answering) > 10
    assert [(path, methods) for path, methods, _ in answering if not methods <= {"GET", "HEAD"}] == []
    assert last[2] is app._lost  # takes what no other route takes, and says that it is not there


def status_of(method: str, path: str) -> int:
    """What the address of files answers."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(30)  # nothing more comes
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [],
        "query_string": b"",
        "extensions": {},
    }
    finished(downloads.send(scope, receive, send))
    return int(sent[0]["status"])


def test_the_address_of_files_takes_nothing() -> None:
    link, _ = downloads.keep(lambda path: path.write_bytes(b"x"), "x.txt")
    answers = {method: status_of(method, link) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
    assert answers == {"GET": 200, "POST": 404, "PUT": 404, "PATCH": 404, "DELETE": 404}


def test_one_module_starts_the_command_line_and_one_function_publishes() -> None:
    """Whoever starts a process or says submit elsewhere would get past the gate."""
    starters = {
        path.relative_to(ROOT).as_posix()
        for folder in ("ui", "pages", "api", "exports", "queries")
        for path in (ROOT / folder).rglob("*.py")
        if "subprocess" in path.read_text(encoding="utf-8")
    }
    assert starters == {"ui/intake_process.py", "queries/sql.py"}  # the second asks the warehouse read-only
    tree = ast.parse((ROOT / "ui" / "intake_process.py").read_text(encoding="utf-8"))
    functions = {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {name for name, text in functions.items() if "_act(" in text} == {"_act", "submit", "undo"}
    steps = ast.parse(functions["_act"]).body[0].body  # type: ignore[attr-defined]
    assert "roles.require(action, units)" in ast.unparse(steps[1])
