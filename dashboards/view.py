"""The state of a page is its address: language, night and what is looked at, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode

from dashboards.i18n import DEFAULT_LANGUAGE, LANGUAGES
from jobs import reading

ALERT_ID = re.compile(r"[0-9a-f]{16}")
HS_CODE = re.compile(r"\d{6}(\d{4})?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class View:
    """What a reader asked for.

    Attributes:
        path: the address without its query.
        lang: language of the screen.
        asked: the past night asked for; empty for the newest.
        night: the night shown, the newest one up to `asked`; empty where none was run.
    """

    path: str
    lang: str
    asked: date | None
    night: date | None

    def href(self, path: str | None = None, *, lang: str | None = None, night: date | None = None) -> str:
        """Address of another page, or of this one in another language, the night kept unless another is named."""
        chosen = night or self.asked
        query = {"lang": lang or self.lang} | ({"night": chosen.isoformat()} if chosen else {})
        return f"{path if path is not None else self.path}?{urlencode(query)}"

    def permalink(self) -> str:
        """Address that will show the same in a year: the night is always named."""
        return self.href(night=self.night)


def read_date(text: str) -> date | None:
    """A date written as YYYY-MM-DD; nothing where the text is no date."""
    try:
        return date.fromisoformat(text) if ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_language(search: str | None) -> str:
    """The language a query asks for, the default where it asks for none we have."""
    asked = parse_qs((search or "").removeprefix("?")).get("lang", [""])[-1]
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def read_view(pathname: str | None, search: str | None) -> View:
    """The view an address means."""
    query = parse_qs((search or "").removeprefix("?"))
    asked = read_date(query.get("night", [""])[-1])
    return View(path=pathname or "/", lang=read_language(search), asked=asked, night=reading.night_shown(asked))
