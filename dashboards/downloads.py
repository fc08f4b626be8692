"""Files behind the charts at stable addresses."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
from flask import Flask, Response, abort, request

from dashboards import i18n, kinds
from dashboards.view import ALERT_ID, read_view
from jobs import reading
from jobs.contracts.csv_text import write_csv

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read Korean as UTF-8 only with it


def register(server: Flask) -> None:
    """Add the download addresses to the server."""

    @server.get("/download/alert/<alert_id>.csv")
    def download_alert(alert_id: str) -> Response:
        if not ALERT_ID.fullmatch(alert_id):
            abort(404)
        view = read_view("/", request.query_string.decode("ascii", "replace"))
        row = reading.find_alert(view.night, alert_id) if view.night else None
        if row is None:
            abort(404)
        name = i18n.text("download.filename", view.lang, alert=alert_id, night=view.night)
        return csv_file(chart_rows(view.night, row["subject_id"]), name)

    for kind in kinds.every():
        for rule, answer in kind.downloads.items():
            server.add_url_rule(rule, endpoint=rule, view_func=answer)


def csv_file(rows: pa.Table, name: str) -> Response:
    """Rows as a file a spreadsheet opens; cells it would run as a formula are escaped."""
    answer = Response(BYTE_ORDER_MARK + write_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def chart_rows(night: date, subject_id: str) -> pa.Table:
    """What the history chart of a subject draws: the past, then the forecast, told apart by `series`."""
    return reading.ask(
        """select ? as subject_id, 'history' as series, past.* from past
           union all by name
           select subject_id, 'forecast' as series, target_start as period_start, expected, lower, upper, unit, model
           from ahead order by series desc, period_start""",
        [subject_id],
        past=reading.history(night, subject_id),
        ahead=reading.forecast(night, subject_id),
    )
