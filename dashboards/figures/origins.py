"""Where an item came from, month by month: does another origin fill the gap?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n, names
from dashboards.figures import scale, theme

MONTHS = 36
NAMED = 4


def figure(months: pa.Table, *, lang: str, first: str | None = None) -> go.Figure:
    """Stacked monthly mass by origin: `first`, the largest others, and the rest together.

    Args:
        months: `reading.item_months`.
        first: the origin the reader came for; drawn at the bottom.
    """
    masses: dict[str, dict[date, float]] = defaultdict(dict)
    for row in months.select(["partner_country", "period_start", "net_mass_kg"]).to_pylist():
        masses[row["partner_country"]][row["period_start"]] = float(row["net_mass_kg"] or 0)
    dates = sorted({day for series in masses.values() for day in series})[-MONTHS:]
    order = sorted(masses, key=lambda c: (c != first, -sum(masses[c].get(d, 0) for d in dates), c))
    named, rest = order[: NAMED + 1], order[NAMED + 1 :]
    groups = [(names.country(c, lang), [c]) for c in named]
    groups += [(i18n.text("chart.other_origins", lang), rest)] if rest else []
    stacks = [(label, [sum(masses[c].get(d, 0.0) for c in members) for d in dates]) for label, members in groups]
    drawn_in = scale.choose([sum(parts) for parts in zip(*(s for _, s in stacks), strict=True)], "kg", lang)
    picture = theme.blank(320)
    for place, (label, values) in enumerate(stacks):
        picture.add_trace(
            go.Bar(
                x=dates,
                y=drawn_in.apply(values),
                name=label,
                hovertemplate="%{y:,.4~g}",
                marker={"color": theme.CATEGORY[place], "line": {"width": 0}},
            )
        )
    picture.update_layout(barmode="stack", bargap=0.25, legend={"traceorder": "normal"})
    picture.update_yaxes(title_text=drawn_in.title)
    theme.time_axis(picture, lang)
    return picture
