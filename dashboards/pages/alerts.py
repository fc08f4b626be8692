"""Every alert of a night in one grid, or those of one kind, in order of urgency."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from dashboards import i18n, kinds, names
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

# Names of the grid's columns where they differ from those of gold.alert, and widths.
FIELDS = {"origin_share": "share", "p_value": "p", "stake_krw": "stake"}
WIDTHS = {"origin_share": 150, "p_value": 110, "stake_krw": 160}


def page(view: View, kind: str | None = None) -> html.Main:
    """The alerts of the night shown, cleared ones included."""
    rows = reading.alerts(view.night, kind).to_pylist()
    title = html.H1(text("alerts.title", view.lang, night=i18n.full_date(view.night, view.lang)))
    choice = kind_links(kind, view)
    if not rows:
        words = notice.empty(text("state.no_alerts", view.lang))
        return html.Main([title, *choice, words], id="content", className="page")
    note = html.P(text("alerts.note", view.lang), className="lead")
    head = html.Div([title, note, *choice], className="page-head")
    return html.Main([head, grid(rows, view)], id="content", className="page")


def kind_links(chosen: str | None, view: View) -> list[html.Nav]:
    """The way to one kind's alerts and back to all, each with its count; nothing where there is one kind only."""
    stored = reading.alerts(view.night)["kind"].to_pylist()
    kinds = sorted(set(stored), key=stored.index)
    if len(kinds) < 2:
        return []
    places = [(None, text("alerts.every_kind", view.lang), len(stored))]
    places += [(kind, codes.label("kind", kind, view.lang), stored.count(kind)) for kind in kinds]
    links = [
        dcc.Link(
            f"{name} ({count})",
            href=view.href(f"/alerts/{kind}" if kind else "/alerts"),
            className="here" if kind == chosen else "",
        )
        for kind, name, count in places
    ]
    return [html.Nav(links, className="kinds", **{"aria-label": names.column("kind", view.lang)})]


def grid(rows: list[dict[str, Any]], view: View) -> dag.AgGrid:
    """One line an alert; the subject links to its page. Figures of one kind stand where one kind is shown."""
    lang = view.lang
    columns = [
        {"field": "rank", "headerName": names.column("rank", lang), "width": 90},
        {
            "field": "level",
            "headerName": names.column("level", lang),
            "width": 120,
            "cellClassRules": {f"level-cell-{n}": f"params.data.levelNumber == {n}" for n in range(1, 6)},
        },
        {"field": "kind", "headerName": names.column("kind", lang), "width": 120},
        {
            "field": "subject",
            "headerName": text("alerts.subject", lang),
            "cellRenderer": "markdown",
            "flex": 2,
            "minWidth": 240,
            "wrapText": True,
        },
        {
            "field": "sentence",
            "headerName": text("alerts.sentence", lang),
            "flex": 3,
            "minWidth": 300,
            "wrapText": True,
        },
        {"field": "period", "headerName": text("alert.period", lang), "width": 140},
    ]
    shown = {row["kind"] for row in rows}
    if len(shown) == 1:
        figures = kinds.kind(shown.pop()).figures
        columns += [figure_column(name, lang) for name in figures if any(row[name] is not None for row in rows)]
    return dag.AgGrid(
        id="alerts",
        rowData=[grid_row(row, view) for row in rows],
        columnDefs=columns,
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "autoHeight": True},
        dashGridOptions={
            "domLayout": "autoHeight",
            "pagination": len(rows) > 50,
            "paginationPageSize": 50,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
        },
        className="ag-theme-quartz",
        style={"width": "100%", "height": None},
    )


def figure_column(name: str, lang: str) -> dict[str, Any]:
    """A column of the grid for a figure of gold.alert, flush right; the stake is sorted and filtered as a number."""
    title = text("alert.share", lang) if name == "origin_share" else names.column(name, lang)
    column: dict[str, Any] = {"field": FIELDS.get(name, name), "headerName": title, "width": WIDTHS.get(name, 130)}
    if name == "selection":
        return column
    column["type"] = "rightAligned"
    if name == "stake_krw":
        column |= {"filter": "agNumberColumnFilter", "valueFormatter": {"function": "params.data.stakeWords"}}
    return column


def grid_row(row: dict[str, Any], view: View) -> dict[str, Any]:
    """An alert as the grid shows it."""
    lang = view.lang
    title = kinds.subject(row, lang).replace("[", "(").replace("]", ")")
    stake = row["stake_krw"]
    return {
        "rank": row["rank"],
        "levelNumber": row["level"],
        "level": f"{row['level']} {codes.label('level', row['level'], lang)}",
        "kind": codes.label("kind", row["kind"], lang),
        "sentence": row[f"sentence_{lang}"],
        "subject": f"[{title}]({view.href('/alert/' + row['alert_id'])})",
        "period": i18n.period(row["period_start"], lang, kinds.kind(row["kind"]).is_daily(row)),
        "share": i18n.percent(row["origin_share"]),
        "p": i18n.p_value(row["p_value"]),
        "stake": None if stake is None else float(stake),
        "stakeWords": i18n.won(stake, lang),
        "selection": codes.label("selection", row["selection"], lang),
    }
