"""Files behind a lot's page: what its chart draws, and its comparables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa
from flask import Response, abort, request

from dashboards import i18n
from dashboards.downloads import csv_file
from dashboards.kinds.low_price.words import ADDRESS
from dashboards.view import read_view
from jobs import reading

TABLES: dict[str, Callable[[date, reading.Row], pa.Table]] = {
    "prices": reading.price_chart,
    "comparables": lambda night, lot: reading.comparables(night, lot["declaration_id"], lot["line_no"]),
}


def download_lot(declaration_id: str, line_no: str, what: str) -> Response:
    """One of the tables of a lot; 404 where there is no such table or lot."""
    if what not in TABLES or not ADDRESS.fullmatch(f"/lot/{declaration_id}/{line_no}"):
        abort(404)
    view = read_view("/", request.query_string.decode("ascii", "replace"))
    lot = reading.find_lot(view.night, declaration_id, int(line_no)) if view.night else None
    if lot is None:
        abort(404)
    name = i18n.text("lot.filename", view.lang, lot=f"{declaration_id}-{line_no}", night=view.night, what=what)
    return csv_file(TABLES[what](view.night, lot), name)
