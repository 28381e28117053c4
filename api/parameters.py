"""Parameters: one definition reads what a program sent and describes itself in OpenAPI."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.problems import Problem
from api.words import Both

Type = Literal["text", "integer", "date", "boolean"]
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOST_VALUES = 200


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query or of a path. ``many`` takes several values, separated by commas or repeated."""

    name: str
    about: Both
    type: Type = "text"
    options: tuple[str, ...] = ()
    pattern: str = ""
    least: int | None = None
    most: int | None = None
    default: Any = None
    many: bool = False
    example: str = ""

    def read(self, values: Sequence[str]) -> Any:
        """What was sent as a value; the default where nothing was. Raises Problem."""
        if not values:
            return () if self.many and self.default is None else self.default
        if not self.many:
            if len(values) > 1:
                raise self._problem(Both("được gửi nhiều lần.", "was sent more than once."))
            return self._one(values[0])
        parts = [part for value in values for part in value.split(",")]
        if len(parts) > MOST_VALUES:
            raise self._problem(Both(f"có nhiều hơn {MOST_VALUES} giá trị.", f"has more than {MOST_VALUES} values."))  # fmt: skip
        return tuple(dict.fromkeys(self._one(part) for part in parts))

    def _one(self, text: str) -> Any:
        if self.type == "integer" and _INTEGER.fullmatch(text):
            number = int(text)
            if (self.least is None or number >= self.least) and (self.most is None or number <= self.most):
                return number
        elif self.type == "date" and _DATE.fullmatch(text):
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                pass
        elif self.type == "boolean" and text in ("true", "false"):
            return text == "true"
        elif self.type == "text" and self._is_text(text):
            return text
        raise self._problem(
            Both("có giá trị {value}; cần {expected}.", "is {value}; it has to be {expected}."), text
        )

    def _is_text(self, text: str) -> bool:
        if self.options:
            return text in self.options
        return bool(re.fullmatch(self.pattern, text, re.ASCII)) if self.pattern else True

    def _problem(self, what: Both, value: str = "") -> Problem:
        expected = self.expected()
        shown = f"“{value[:60]}”"
        detail = Both(
            f"Tham số {self.name} " + what.vi.replace("{value}", shown).replace("{expected}", expected.vi),
            f"The parameter {self.name} "
            + what.en.replace("{value}", shown).replace("{expected}", expected.en),
        )
        return Problem("bad-parameter", detail, self.name)

    def expected(self) -> Both:
        """What a value has to be, in words."""
        if self.options:
            return Both("một trong: " + ", ".join(self.options), "one of: " + ", ".join(self.options))
        if self.type == "integer":
            return Both(f"số nguyên từ {self.least} đến {self.most}", f"a whole number from {self.least} to {self.most}")  # fmt: skip
        if self.type == "date":
            return Both("ngày dạng 2026-09-30", "a day like 2026-09-30")
        if self.type == "boolean":
            return Both("true hoặc false", "true or false")
        return Both(f"dạng {self.pattern}", f"of the form {self.pattern}")

    def schema(self) -> dict[str, Any]:
        """The parameter's JSON Schema."""
        one: dict[str, Any] = {"type": "string" if self.type in ("text", "date") else self.type}
        if self.type == "date":
            one |= {"format": "date", "pattern": f"^{_DATE.pattern}$"}
        if self.options:
            one["enum"] = list(self.options)
        elif self.pattern:
            one["pattern"] = f"^{self.pattern}$"
        if self.least is not None:
            one["minimum"] = self.least
        if self.most is not None:
            one["maximum"] = self.most
        if not self.many:
            return one | ({"default": self.default} if self.default is not None else {})
        several: dict[str, Any] = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_VALUES}
        return several | ({"default": list(self.default)} if self.default is not None else {})


def read_all(parameters: Sequence[Parameter], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Every parameter's value. A name that nobody knows is a problem: a slip of the pen would drop a filter."""
    known = {p.name for p in parameters}
    for name in sent:
        if name not in known:
            shown = name[:60]
            raise Problem(
                "unknown-parameter",
                Both(f"Ở đây không có tham số “{shown}”; có: {', '.join(sorted(known)) or '–'}.",
                     f"There is no parameter “{shown}” here; there are: {', '.join(sorted(known)) or '–'}."),
                shown,
            )  # fmt: skip
    return {p.name: p.read(sent.get(p.name, ())) for p in parameters}
