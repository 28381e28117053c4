"""Words in both languages side by side, so that one table can be written for either reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from i18n import LANGUAGES, Lang, words_in


@dataclass(frozen=True)
class Text:
    """One wording in Vietnamese and in English."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """The wording in a language; the other one where it is empty."""
        return (self.vi or self.en) if lang == "vi" else (self.en or self.vi)

    def both(self) -> dict[str, str]:
        """The wording by language, as files for programs carry it."""
        return {lang: self.of(lang) for lang in LANGUAGES}


def same(text: str) -> Text:
    """A wording that is the same in both languages, such as a code."""
    return Text(text, text)


def from_data(vi: str | None, en: str | None) -> Text:
    """Two wordings that come from data, either of which may be missing."""
    return Text(vi or en or "", en or vi or "")


def said(key: str, **values: object) -> Text:
    """The wording of ``key`` of the locale files; a value that is itself a Text is put in in its language."""

    def in_language(lang: Lang) -> str:
        told = {name: value.of(lang) if isinstance(value, Text) else value for name, value in values.items()}
        return words_in(lang)(key, **told)

    return Text(in_language("vi"), in_language("en"))


def joined(texts: Iterable[Text], separator: str = ", ") -> Text:
    """Several wordings in a row."""
    listed = list(texts)
    return Text(separator.join(t.of("vi") for t in listed), separator.join(t.of("en") for t in listed))
