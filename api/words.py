"""What programs and their authors are told, in both languages, beside the definitions that it is about."""

from __future__ import annotations

from typing import NamedTuple

from i18n import Lang


class Both(NamedTuple):
    """One wording in both languages."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """The wording in one of them."""
        return self.vi if lang == "vi" else self.en

    def filled(self, **values: object) -> Both:
        """The same with its places in braces filled."""
        return Both(self.vi.format(**values), self.en.format(**values))
