"""The pages by their addresses; an address that matches none names nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from dash import html

from dashboards import kinds
from dashboards.pages import alert, alerts, item, overview, score
from dashboards.parts import notice
from dashboards.view import ALERT_ID, HS_CODE, View
from jobs.contracts.codes import code_set

Page = Callable[..., html.Main]
ROUTES: tuple[tuple[re.Pattern[str], Page], ...] = (
    (re.compile(r"/"), overview.page),
    (re.compile(rf"/alerts(?:/(?P<kind>{'|'.join(sorted(code_set('kind')))}))?"), alerts.page),
    (re.compile(rf"/alert/(?P<alert_id>{ALERT_ID.pattern})"), alert.page),
    (re.compile(rf"/hs/(?P<hs_code>{HS_CODE.pattern.replace('(', '(?:')})"), item.page),
    (re.compile(r"/score"), score.page),
    *(route for kind in kinds.every() for route in kind.routes),
)


def is_page(path: str) -> bool:
    """Whether an address names a page."""
    return any(pattern.fullmatch(path) for pattern, _ in ROUTES)


def make_page(view: View) -> html.Main:
    """The page of an address: its content, or why there is none."""
    for pattern, page in ROUTES:
        if result := pattern.fullmatch(view.path):
            return page(view, **result.groupdict()) if view.night else notice.no_night(view)
    return notice.missing(view)
