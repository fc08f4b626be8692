"""What to call an item, a strait or a port that stands alone or with an origin, and how often it is assessed."""

from __future__ import annotations

from dashboards import names
from dashboards.i18n import text
from dashboards.kinds.default import Row, plain_subject
from jobs.contracts import codes


def subject(row: Row, lang: str, *, in_full: bool = False) -> str:
    """The item and its origin, the strait, the port, or the night itself."""
    call = names.item if in_full else names.short_item
    place = row["subject_id"].split("=", 1)[-1]
    match row["subject_kind"]:
        case "item_origin":
            values = {"item": call(row["hs_code"], lang), "country": names.country(row["partner_country"], lang)}
            return text("subject.item_origin", lang, **values)
        case "item":
            return call(row["hs_code"], lang)
        case "strait":
            return codes.label("strait", place, lang)
        case "port":
            return text("subject.port", lang, port=row.get("port_code") or place)
        case "night":
            return codes.label("subject_kind", "night", lang)
        case _:
            return plain_subject(row, lang, in_full=in_full)


def is_daily(row: Row) -> bool:
    """Ships are counted day by day, trade month by month."""
    return row["subject_kind"] in ("strait", "port")
