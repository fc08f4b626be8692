"""All that a night publishes: a brief in each language, and the research export."""

from __future__ import annotations

import logging
from datetime import date

from jobs import reading
from jobs.contracts.messages import LANGUAGES, both
from jobs.publish.brief import publish_brief
from jobs.publish.export import publish_export

log = logging.getLogger(__name__)


def publish_night(night: date | None, *, brief: bool = True, export: bool = True) -> None:
    """Write the brief and the export of a night, the newest when not named.

    Raises:
        LookupError: no night has been run, or not this one.
    """
    shown = night or reading.night_shown()
    if shown is None:
        raise LookupError(both("error.no_night"))
    if shown not in reading.nights():
        raise LookupError(both("error.no_such_night", night=shown))
    for lang in LANGUAGES if brief else ():
        log.info("brief: %s", publish_brief(shown, lang))
    if export:
        log.info("export: %s", publish_export(shown))
