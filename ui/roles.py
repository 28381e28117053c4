"""Who sits at the screen and what that person may do with office files.

Streamlit signs people in (``[auth]`` in ``.streamlit/secrets.toml``); a file of ours says which role an e-mail address
has. Every question reads the file again, so that a role that was taken away is gone at the next click. In doubt the
answer is viewer.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st
import yaml

from ui.context import ROOT

Role = Literal["viewer", "officer", "steward"]
Action = Literal["preview", "submit", "templates", "reply", "reporters", "history", "versions", "undo", "history_all", "accept_rows"]  # fmt: skip
Reason = Literal["listed", "not_listed", "unverified", "signed_out", "local", "closed", "unreadable"]

_OFFICER: frozenset[Action] = frozenset(
    ("preview", "submit", "templates", "reply", "reporters", "history", "versions")
)
MAY: Mapping[Role, frozenset[Action]] = {
    "viewer": frozenset(),
    "officer": _OFFICER,
    "steward": _OFFICER | {"undo", "history_all", "accept_rows"},
}
"""What each role may do on the submit page. To look at figures nobody needs a role."""
_ROLES: Mapping[str, Role] = {"viewer": "viewer", "officer": "officer", "steward": "steward"}
LOCAL = "local"
"""Who sent a file, where the server is this machine's own and nobody signs in."""
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


class NotAllowed(Exception):
    """The person at the screen may not do this. ``action`` says what, ``person`` who."""

    def __init__(self, action: Action, person: Person) -> None:
        super().__init__(action)
        self.action, self.person = action, person


class UnreadableAccess(Exception):
    """The file of roles is there and cannot be used; the text says where."""


@dataclass(frozen=True)
class Person:
    """Who is at the screen: ``by`` goes into the journal. ``units`` are those it may send for, None means every unit.

    ``reason`` says why the role is what it is.
    """

    role: Role
    by: str
    reason: Reason
    units: frozenset[str] | None = None

    def may(self, action: Action) -> bool:
        """Whether the role allows this."""
        return action in MAY[self.role]

    @property
    def signed_in(self) -> bool:
        """Whether somebody has signed in, with a role or without."""
        return self.reason in ("listed", "not_listed", "unverified", "unreadable") and bool(self.by)


@dataclass(frozen=True)
class Entry:
    """One line of the file of roles: an e-mail address, or a subject with the issuer that gave it."""

    role: Role
    email: str | None
    issuer: str | None
    subject: str | None
    units: frozenset[str] | None

    def names(self, claims: Mapping[str, Any]) -> bool:
        """Whether the claims are of this person. An address counts only where the provider says it is verified."""
        if self.email is not None:
            return claims.get("email_verified") is True and _folded(claims.get("email")) == self.email
        return (claims.get("iss"), claims.get("sub")) == (self.issuer, self.subject)


def access_file() -> Path:
    """Where the roles are written down; the setting ACCESS_FILE moves it."""
    return Path(os.environ.get("ACCESS_FILE") or ROOT / "data" / "access.yml")


def read_access(path: Path) -> tuple[Entry, ...]:
    """The file of roles; empty where there is none. Raises UnreadableAccess where any of it cannot be used."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableAccess(path.name) from error
    listed = found.get("people") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise UnreadableAccess(path.name)
    entries = tuple(_entry(path, number, line) for number, line in enumerate(listed, 1))
    who = [(entry.email, entry.issuer, entry.subject) for entry in entries]
    if len(set(who)) < len(who):  # which of two roles is meant is not guessed
        raise UnreadableAccess(path.name)
    return entries


def _entry(path: Path, number: int, line: object) -> Entry:
    wrong = UnreadableAccess(f"{path.name}: {number}")
    if not isinstance(line, dict) or not set(line) <= {"email", "issuer", "subject", "role", "units"}:
        raise wrong
    role, units = _ROLES.get(str(line.get("role"))), line.get("units")
    email, issuer, subject = _folded(line.get("email")), line.get("issuer"), line.get("subject")
    by_email = email is not None and issuer is None and subject is None
    by_subject = email is None and bool(issuer) and bool(subject)
    units_fit = units is None or (isinstance(units, list) and all(isinstance(u, str) for u in units))
    if role is None or not (by_email or by_subject) or not units_fit:
        raise wrong
    return Entry(role, email, issuer, subject, None if units is None else frozenset(units))


def _folded(email: object) -> str | None:
    return email.strip().casefold() or None if isinstance(email, str) else None


def sign_in_configured() -> bool:
    """Whether ``[auth]`` is there. A half-filled one counts too: it must not open what it was to close."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def providers() -> tuple[str | None, ...]:
    """The providers that ``[auth]`` names, by which ``st.login`` takes them; None is the one without a name."""
    auth = st.secrets["auth"]
    named = tuple(name for name in auth if isinstance(auth[name], Mapping) and "client_id" in auth[name])
    return (None,) if "client_id" in auth else named


def role_of(claims: Mapping[str, Any], entries: Collection[Entry]) -> Person:
    """The person behind the claims of a verified identity token."""
    by = str(claims.get("email") or claims.get("sub") or "")
    found = next((entry for entry in entries if entry.names(claims)), None)
    if found is not None:
        return Person(found.role, found.email or by, "listed", found.units)
    unverified = any(entry.email == _folded(claims.get("email")) for entry in entries if entry.email)
    return Person("viewer", by, "unverified" if unverified else "not_listed")


def _local() -> Person:
    """The role that INTAKE_LOCAL gives, where only this machine can reach the server and no proxy stands before it."""
    closed = Person("viewer", "", "closed")
    wanted = _ROLES.get(os.environ.get("INTAKE_LOCAL", ""), "viewer")
    if wanted == "viewer" or st.get_option("server.address") not in _LOOPBACK:
        return closed
    if any(st.context.headers.get(name) for name in _FORWARDED):
        return closed
    return Person(wanted, LOCAL, "local")


def person() -> Person:
    """Who is at the screen in this run."""
    if not sign_in_configured():
        return _local()
    claims = st.user.to_dict()
    if claims.get("is_logged_in") is not True:
        return Person("viewer", "", "signed_out")
    try:
        return role_of(claims, read_access(access_file()))
    except UnreadableAccess:
        return Person("viewer", str(claims.get("email") or claims.get("sub") or ""), "unreadable")


def require(action: Action, units: Collection[str] | None = ()) -> Person:
    """The one gate: called right before anything is started for somebody. Raises NotAllowed.

    ``units`` are those that the files speak of, None where not all are known; someone who sends for certain units may
    not send for others.
    """
    found = person()
    if not found.may(action) or (found.units is not None and not _within(units, found.units)):
        raise NotAllowed(action, found)
    return found


def _within(units: Collection[str] | None, allowed: frozenset[str]) -> bool:
    return units is not None and set(units) <= allowed
