"""What one kind of alert shows, a module or a room each; a kind without one shows what every alert has.

Pages arrange and ask the kind: none of them names one. The rooms are imported when they are first asked for, as they
use the parts that ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jobs import reading

if TYPE_CHECKING:
    from dashboards.kinds.default import Kind


@cache
def kind(name: str) -> Kind:
    """A kind by its name: the `KIND` of the module of that name, the plain one where there is none."""
    if find_spec(f"{__name__}.{name}") is None:
        from dashboards.kinds.default import Kind

        return Kind(name)
    made: Kind = import_module(f"{__name__}.{name}").KIND
    return made


def every() -> list[Kind]:
    """The kinds the platform makes, in its own order."""
    return [kind(name) for name in reading.kinds()]


def of_night(night: date) -> list[Kind]:
    """The kinds the platform makes, then others that have alerts on the night."""
    stored = reading.alerts(night)["kind"].to_pylist()
    return [kind(name) for name in dict.fromkeys([*reading.kinds(), *stored])]


def watched() -> list[str]:
    """Names of the kinds whose subjects are assessed anew each night, so that nights can be compared."""
    return [each.name for each in every() if each.is_watched]


def score_figures(name: str) -> Mapping[str, Callable[..., Any]]:
    """Figures of a kind's back-test by the end of their file's name."""
    return kind(name).score_figures


def subject(row: dict[str, Any], lang: str, *, in_full: bool = False) -> str:
    """What an alert of any kind is about, in a few words or `in_full`."""
    return kind(row["kind"]).subject(row, lang, in_full=in_full)
