"""What the planted cuts say of the rules, in a sentence and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.supply_chain.detection_figure import LOOKS, OURS, RATES
from dashboards.parts.table import table
from jobs import reading

Row = dict[str, Any]
Points = dict[tuple[str, float, float], Row]
GATED = "_gated"
DEEP, DEEPEST = 0.2, 0.05  # depths the headline tells


def read_points(rows: pa.Table, group_id: str = "all") -> Points:
    """Detection of planted cuts by rule, alarm rate asked for and depth."""
    result = reading.ask("select * from rows where group_id = ? and measure = 'cut_detection'", [group_id], rows=rows)
    return {(row["rule"], row["alarm_rate"], row["depth"]): row for row in result.to_pylist()}


def best_naive(points: Points, rate: float, depth: float) -> Row:
    """The naive rule that finds most at this rate, those behind the level rule's conditions included."""
    rivals = [row for (rule, r, d), row in points.items() if rule != OURS and (r, d) == (rate, depth)]
    return max(rivals, key=lambda row: (row["value"], not row["rule"].endswith(GATED), row["rule"]))


def headline(points: Points, lang: str, rate: float = RATES[0]) -> str:
    """The back-test in one sentence, at the rarest of the rates compared."""
    ours = {depth: points[OURS, rate, depth]["value"] for depth in (DEEP, DEEPEST)}
    best = {depth: best_naive(points, rate, depth)["value"] for depth in (DEEP, DEEPEST)}
    shares = {
        f"{who}_{at}": i18n.percent(share[depth], 0)
        for who, share in (("ours", ours), ("naive", best))
        for at, depth in (("deep", DEEP), ("deepest", DEEPEST))
    }
    return text(
        "score.headline",
        lang,
        rate=str(rate),
        deep=i18n.percent(DEEP, 0),
        deepest=i18n.percent(DEEPEST, 0),
        **shares,
    )


def shortfalls(points: Points, lang: str) -> str:
    """At which of the compared points a naive rule finds more than ours; that there is none, where there is none."""
    cases = []
    for rate, depth in sorted({(rate, depth) for _, rate, depth in points}):
        rival, ours = best_naive(points, rate, depth), points[OURS, rate, depth]
        if rival["value"] > ours["value"]:
            cases.append(
                text(
                    "score.shortfall",
                    lang,
                    depth=i18n.percent(depth, 0),
                    rate=str(rate),
                    rule=names.rule(rival["rule"], lang),
                    theirs=i18n.percent(rival["value"], 0),
                    ours=i18n.percent(ours["value"], 0),
                )
            )
    return text("score.shortfalls", lang, cases="; ".join(cases)) if cases else text("score.no_shortfall", lang)


def best_settings(rows: pa.Table, lang: str, depth: float = DEEP, most: float = RATES[-1]) -> str | None:
    """Ours and the best naive rule, each at whichever setting up to the largest rate finds most."""
    result = reading.ask(
        """select rule, value, alarm_rate from rows where group_id = 'curve' and depth = ? and alarm_rate <= ?
           qualify row_number() over (partition by rule order by value desc, alarm_rate) = 1
           order by value desc, rule""",
        [depth, most],
        rows=rows,
    ).to_pylist()
    ours = next((row for row in result if row["rule"] == OURS), None)
    rival = next((row for row in result if row["rule"] != OURS), None)
    if ours is None or rival is None:
        return None
    return text(
        "score.any_setting",
        lang,
        most=str(most),
        depth=i18n.percent(depth, 0),
        ours=i18n.percent(ours["value"], 0),
        our_rate=f"{ours['alarm_rate']:.2f}",
        rule=names.rule(rival["rule"], lang),
        theirs=i18n.percent(rival["value"], 0),
        their_rate=f"{rival['alarm_rate']:.2f}",
    )


def reach(rows: pa.Table, lang: str, most: float = RATES[-1]) -> str | None:
    """That ours never alarms as often as the largest rate compared; nothing where it does."""
    result = reading.ask(
        "select max(alarm_rate) as most from rows where group_id = 'curve' and rule = ?", [OURS], rows=rows
    )
    stored = result["most"][0].as_py()
    return (
        text("score.reach", lang, met=f"{stored:.2f}", most=str(most)) if stored is not None and stored < most else None
    )


def point_table(points: Points, left_out: Points, lang: str) -> html.Div:
    """Every plain rule at the three rates: found with its interval, and beside it each HS6 left out of the choice."""
    depths = sorted({depth for _, _, depth in points}, reverse=True)
    rates = sorted({rate for _, rate, _ in points})
    head = [text("score.rate", lang), text("score.rule", lang)]
    for depth in depths:
        head += [text("score.cut_to", lang, depth=i18n.percent(depth, 0)), text("score.left_out", lang)]
    body = []
    for rate in rates:
        ruled = [rule for rule in LOOKS if (rule, rate, depths[0]) in points]
        for place, rule in enumerate(ruled):
            called = html.Span(names.rule(rule, lang), className="nowrap")
            first = html.Strong(str(rate)) if place == 0 else html.Span(str(rate), className="unseen")
            cells = list(depth_cells(points, left_out, rule, rate, depths, lang))
            body.append([first, html.Strong(called) if rule == OURS else called, *cells])
    return table(head, body, numeric=range(2, len(head)), caption=text("score.points", lang))


def depth_cells(
    points: Points, left_out: Points, rule: str, rate: float, depths: list[float], lang: str
) -> Iterator[object]:
    """Of each depth: the share found with its interval, and the share with the HS6 left out."""
    for depth in depths:
        row = points[rule, rate, depth]
        if row["threshold"] is None:  # no setting of the rule alarms so rarely
            yield html.Span(text("score.unreachable", lang), className="unknown")
            yield i18n.UNKNOWN
            continue
        shares = {name: i18n.number(100 * row[name]) for name in ("value", "lower", "upper")}
        words = text("score.interval", lang, **shares)
        yield html.Strong(words) if rule == OURS else words
        other = left_out.get((rule, rate, depth))
        yield i18n.percent(other["value"] if other else None, 0)
