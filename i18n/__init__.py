"""Words, numbers and dates in the reader's language. No screen and no data here."""

from i18n.messages import LANGUAGES, Lang, Words, words_in
from i18n.numbers import (
    decimal,
    in_short,
    long_date,
    month_or_day,
    percent,
    percent_as_given,
    period_as_worded,
    period_code,
    period_name,
    points,
    short_date,
)

__all__ = [
    "LANGUAGES",
    "Lang",
    "Words",
    "decimal",
    "in_short",
    "long_date",
    "month_or_day",
    "percent",
    "percent_as_given",
    "period_as_worded",
    "period_code",
    "period_name",
    "points",
    "short_date",
    "words_in",
]
