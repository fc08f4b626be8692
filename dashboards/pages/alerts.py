"""Every alert of a night in one grid, in order of urgency."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


def page(view: View) -> html.Main:
    """The alerts of the night shown, cleared ones included."""
    rows = reading.alerts(view.night).to_pylist()
    title = html.H1(text("alerts.title", view.lang, night=i18n.full_date(view.night, view.lang)))
    if not rows:
        return html.Main([title, notice.empty(text("state.no_alerts", view.lang))], id="content", className="page")
    note = html.P(text("alerts.note", view.lang), className="lead")
    return html.Main([html.Div([title, note], className="page-head"), grid(rows, view)], id="content", className="page")


def grid(rows: list[dict[str, Any]], view: View) -> dag.AgGrid:
    """One line an alert; the subject links to its page."""
    lang = view.lang
    columns = [
        {"field": "rank", "headerName": names.column("rank", lang), "width": 90},
        {"field": "level", "headerName": names.column("level", lang), "width": 120,
         "cellClassRules": {f"level-cell-{n}": f"params.data.levelNumber == {n}" for n in range(1, 6)}},
        {"field": "kind", "headerName": names.column("kind", lang), "width": 120},
        {"field": "subject", "headerName": text("alerts.subject", lang), "cellRenderer": "markdown", "flex": 2, "minWidth": 240,
         "wrapText": True},
        {"field": "sentence", "headerName": text("alerts.sentence", lang), "flex": 3, "minWidth": 300, "wrapText": True},
        {"field": "period", "headerName": text("alert.period", lang), "width": 140},
        {"field": "share", "headerName": text("alert.share", lang), "width": 150, "type": "rightAligned"},
        {"field": "p", "headerName": names.column("p_value", lang), "width": 110, "type": "rightAligned"},
    ]  # fmt: skip
    return dag.AgGrid(
        id="alerts", rowData=[grid_row(row, view) for row in rows], columnDefs=columns,
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "autoHeight": True},
        dashGridOptions={"domLayout": "autoHeight", "pagination": len(rows) > 50, "paginationPageSize": 50,
                         "suppressCellFocus": False, "enableCellTextSelection": True},
        className="ag-theme-quartz", style={"width": "100%", "height": None},
    )  # fmt: skip


def grid_row(row: dict[str, Any], view: View) -> dict[str, Any]:
    """An alert as the grid shows it."""
    title = names.subject(row, view.lang).replace("[", "(").replace("]", ")")
    return {
        "rank": row["rank"], "levelNumber": row["level"], "level": f"{row['level']} {codes.label('level', row['level'], view.lang)}",
        "kind": codes.label("kind", row["kind"], view.lang), "sentence": row[f"sentence_{view.lang}"],
        "subject": f"[{title}]({view.href('/alert/' + row['alert_id'])})",
        "period": i18n.period(row["period_start"], view.lang, names.is_daily(row)),
        "share": i18n.percent(row["origin_share"], view.lang), "p": i18n.p_value(row["p_value"]),
    }  # fmt: skip
