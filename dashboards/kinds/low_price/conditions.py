"""What would raise or clear the level of a lot that no alert was made of, in words."""

from __future__ import annotations

from typing import Any

from dashboards import names
from dashboards.kinds.low_price.words import lot as lot_name
from jobs.contracts.messages import say


def of_lot(lot: dict[str, Any], lang: str) -> dict[str, str]:
    """The conditions of a lot, from their codes."""
    raises, clears = ([names.condition(key, code, lang) for code in lot[f"{key}s_codes"]] for key in ("raise", "clear"))
    joined = {"raises": say("raise.and", lang).join(raises), "clears": say("raise.or", lang).join(clears)}
    voucher = {"observed": lot_name(lot["voucher_declaration_id"], lot["voucher_line_no"])}
    more = say("raise.none_lot", lang) if lot["level"] > 1 else ""  # at level 1 nobody asked what would raise it
    return {
        "raises": say("raise.sentence", lang, {"conditions": joined["raises"]}) if raises else more,
        "clears": say("clear.lot", lang, {"conditions": joined["clears"]}) if clears else "",
        "caps": " ".join(names.reason(code, lang, voucher) for code in lot["caps"]),
    }
