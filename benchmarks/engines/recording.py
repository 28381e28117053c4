"""Noting which functions of ``queries`` are called from outside with which arguments, and which SQL they send."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import pickle
import pkgutil
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

import queries

Call = tuple[str, str, tuple[Any, ...], dict[str, Any]]
"""Module, function, arguments after the warehouse."""
Statement = tuple[str, tuple[Any, ...]]
SKIPPED = {("sql", "run")}
"""Gives no answer but a query that is on its way; ``visits`` waits for these."""


def public_functions() -> dict[tuple[str, str], Callable[..., Any]]:
    """Every public function of ``queries`` that asks a warehouse, by module and name."""
    found = {}
    for info in pkgutil.iter_modules(queries.__path__):
        module = importlib.import_module(f"queries.{info.name}")
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if own and not name.startswith("_") and (info.name, name) not in SKIPPED:
                first = next(iter(inspect.signature(function).parameters.values()), None)
                if first is not None and first.annotation == "Warehouse":
                    found[info.name, name] = function
    return found


class Recorder:
    """Put in front of the functions before anything else imports them."""

    def __init__(self) -> None:
        self.calls: dict[bytes, Call] = {}
        self.statements: dict[bytes, Statement] = {}
        self.unkept: set[str] = set()
        self._inside = threading.local()

    def install(self) -> None:
        for (module, name), function in public_functions().items():
            setattr(importlib.import_module(f"queries.{module}"), name, self._noted(module, name, function))
        from queries.warehouse import Warehouse

        for asked in ("frame", "rows"):
            setattr(Warehouse, asked, self._sent(getattr(Warehouse, asked)))

    def _noted(self, module: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(w: Any, *args: Any, **kwargs: Any) -> Any:
            outermost = not getattr(self._inside, "now", False)
            if not outermost:
                return function(w, *args, **kwargs)
            try:
                noted = (module, name, args, kwargs)
                self.calls.setdefault(pickle.dumps(noted), noted)
            except (pickle.PicklingError, TypeError, AttributeError):
                self.unkept.add(f"{module}.{name}")
            self._inside.now = True
            try:
                return function(w, *args, **kwargs)
            finally:
                self._inside.now = False

        return call

    def _sent(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(ask)
        def call(w: Any, sql: str, *parameters: Any) -> Any:
            self.statements.setdefault(pickle.dumps((sql, parameters)), (sql, parameters))
            return ask(w, sql, *parameters)

        return call


def plain(value: Any) -> Any:
    """An answer as plain data, so that it can be compared without the classes that it is made of."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        shown.pop("_connection", None)
        shown.pop("path", None) if type(value).__name__ == "Warehouse" else None
        return (type(value).__name__, shown)
    if isinstance(value, pd.DataFrame):
        columns = [(str(name), str(value[name].dtype), value[name].tolist()) for name in value.columns]
        return ("frame", columns)
    if isinstance(value, pd.Series):
        return ("series", str(value.dtype), value.tolist())
    if isinstance(value, Mapping):
        return {key: plain(kept) for key, kept in value.items()}
    if isinstance(value, set | frozenset):
        return ("set", sorted((plain(kept) for kept in value), key=repr))
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(kept) for kept in value]
    return value
