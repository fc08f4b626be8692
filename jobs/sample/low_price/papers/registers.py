"""The registers beside the declarations: firms and how they are related, and the tariff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.arrays import IntArray
from jobs.sample.low_price.days import Calendar
from jobs.sample.low_price.lots import DrawnLots
from jobs.sample.low_price.products import Catalogue, Product
from jobs.sample.low_price.trades import Trades, rank_within
from jobs.sample.streams import stream

RELATED_SHARE, AGENT_SHARE = 0.06, 0.03  # of the importers in a group; of the trades with an exclusive agent
RELATIONS = ("ownership", "officer", "address", "phone")
GROUP_SIZE = 3
QUOTA_CODE = "WQ"
# Partners with an agreement, and what it leaves of the basic rate; sensitive goods are left out of all of them.
AGREEMENTS = {
    "CN": 0.5,
    "IN": 0.5,
    "TR": 0.5,
    **dict.fromkeys(("VN", "TH", "ID", "MY", "PH", "MM", "US", "AU", "NZ", "CA", "CL", "PE"), 0.0),
    **dict.fromkeys(("ES", "NL", "DE", "BE", "IT", "GB", "NO"), 0.0),
}
SENSITIVE_PCT = 60.0
TARIFF_FROM = "2020-01-01"


@dataclass(frozen=True, kw_only=True)
class FirmNumbers:
    """The identifier of each firm, in no order: a letter and six digits, or a declarant's five."""

    importer: list[str]
    exporter: list[str]
    declarant: list[str]


def number_firms(seed: int, trades: Trades) -> FirmNumbers:
    """Draws the identifiers of all firms of the trades."""
    rng = stream(seed, "declarations/firms")

    def draw(firms: IntArray, form: str, below: int, start: int = 0) -> list[str]:
        return [form.format(start + n) for n in rng.choice(below, int(firms.max()) + 1, replace=False).tolist()]

    return FirmNumbers(
        importer=draw(trades.importer, "I{:06d}", 1_000_000),
        exporter=draw(trades.exporter, "E{:06d}", 1_000_000),
        declarant=draw(trades.declarant, "{:05d}", 90_000, 10_000),
    )


def firm_tables(
    seed: int, catalogue: Catalogue, trades: Trades, lots: DrawnLots, numbers: FirmNumbers
) -> tuple[pa.Table, pa.Table]:
    """`firm` and `firm_relation` as landing has them; a firm is registered before its first lot."""
    rng = stream(seed, "declarations/registers")
    importer, exporter, declarant = numbers.importer, numbers.exporter, numbers.declarant
    importers, exporters, declarants = len(importer), len(exporter), len(declarant)
    country = np.full(exporters, "", dtype="U2")
    country[trades.exporter] = catalogue.origin[trades.market]
    first = [_first_day(of, lots) for of in (trades.importer, trades.exporter, trades.declarant)]
    total = importers + exporters + declarants
    registered = np.concatenate(first) - np.rint(rng.gamma(1.2, 1200, total)).astype(np.int64) - 5
    group = _groups(rng, importers)
    address, phone = _contacts(rng, group, importers, total)
    firms = pa.table(
        {
            "firm_id": [*importer, *exporter, *declarant],
            "firm_kind": ["importer"] * importers + ["exporter"] * exporters + ["declarant"] * declarants,
            "country": ["KR"] * importers + country.tolist() + ["KR"] * declarants,
            "registered_on": pa.array(registered.astype(np.int32)).cast(pa.date32()),
            "address_id": [f"A{n:07d}" for n in address],
            "phone_id": [f"P{n:07d}" for n in phone],
        }
    )
    return firms, _relations(rng, trades, group, importer, exporter, registered)


def tariff_table(catalogue: Catalogue, calendar: Calendar) -> pa.Table:
    """`tariff_rate` as landing has it: the basic rate, yearly quota rates, agreements; of each product of the world."""
    years = range(_year(calendar.first), _year(calendar.last) + 2)
    rows: list[Sequence[object]] = []
    for p in catalogue.products:
        vat = "Y" if p.is_vat_exempt else "N"
        kind = "greater_of" if p.specific_krw_per_kg else "ad_valorem"
        rows.append((p.hs10, "basic", "", kind, p.basic_pct, p.specific_krw_per_kg, vat, TARIFF_FROM, ""))
        if p.quota_pct is not None:
            rows += [
                (p.hs10, "quota", QUOTA_CODE, "ad_valorem", p.quota_pct, None, vat, f"{y}-01-01", f"{y}-12-31")
                for y in years
            ]
        for origin in AGREEMENTS:
            rate = agreed_pct(p, origin)
            if not np.isnan(rate):
                rows.append((p.hs10, "fta", agreement_code(origin), "ad_valorem", rate, None, vat, TARIFF_FROM, ""))
    names = (
        "hs10_code",
        "tariff_kind",
        "preference_code",
        "duty_kind",
        "ad_valorem_pct",
        "specific_krw_per_kg",
        "is_vat_exempt",
        "valid_from",
        "valid_to",
    )
    return pa.table(dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True)))


def agreed_pct(product: Product, origin: str) -> float:
    """The preferential rate of a product of an origin, NaN where there is none."""
    is_free_already = product.basic_pct == 0
    is_sensitive = product.specific_krw_per_kg is not None or product.basic_pct > SENSITIVE_PCT
    if origin not in AGREEMENTS or is_free_already or is_sensitive:
        return float("nan")
    return round(product.basic_pct * AGREEMENTS[origin], 1)


def agreement_code(origin: str) -> str:
    """The preference code of the agreement with a country."""
    return f"F{origin}1"


def _first_day(firm_of: IntArray, lots: DrawnLots) -> IntArray:
    """The day of each firm's first lot; the first day of all where it has none."""
    first = np.full(int(firm_of.max()) + 1, lots.declared.max() + 1)
    np.minimum.at(first, firm_of[lots.trade], lots.declared)
    return np.where(first > lots.declared.max(), lots.declared.min(), first)


def _groups(rng: np.random.Generator, importers: int) -> IntArray:
    """The group of related firms of each importer, -1 for the many that stand alone."""
    group = np.full(importers, -1)
    members = rng.permutation(importers)[: int(importers * RELATED_SHARE) // GROUP_SIZE * GROUP_SIZE]
    group[members] = np.arange(len(members)) // GROUP_SIZE
    return group


def _contacts(rng: np.random.Generator, group: IntArray, importers: int, total: int) -> tuple[IntArray, IntArray]:
    """Address and telephone of every firm; some groups share one."""
    address, phone = rng.permutation(10 * total)[:total], rng.permutation(10 * total)[:total]
    for shared, way in ((address, 2), (phone, 3)):
        members = np.flatnonzero((group >= 0) & (group % len(RELATIONS) == way))
        if len(members):
            leader = np.unique(group[members], return_index=True)[1][np.unique(group[members], return_inverse=True)[1]]
            shared[members] = shared[members[leader]]
    return address, phone


def _relations(
    rng: np.random.Generator,
    trades: Trades,
    group: IntArray,
    importer: list[str],
    exporter: list[str],
    registered: IntArray,
) -> pa.Table:
    """Every member of a group to its first, and exclusive agents to those they buy from."""
    members = np.flatnonzero(group >= 0)
    place, _ = rank_within(group[members], members)
    leaders = dict(zip(group[members[place == 0]].tolist(), members[place == 0].tolist(), strict=True))
    rows = [
        (importer[m], importer[leaders[int(group[m])]], RELATIONS[int(group[m]) % len(RELATIONS)], int(registered[m]))
        for m in members[place > 0]
    ]
    agents = np.flatnonzero(rng.random(len(trades)) < AGENT_SHARE)
    pairs = sorted({(int(trades.importer[t]), int(trades.exporter[t])) for t in agents})
    rows += [(importer[i], exporter[x], "exclusive_agent", int(registered[i])) for i, x in pairs]
    firm, related, kind, since = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "firm_id": pa.array(firm, pa.string()),
            "related_firm_id": pa.array(related, pa.string()),
            "relation_kind": pa.array(kind, pa.string()),
            "valid_from": pa.array(since, pa.int32()).cast(pa.date32()),
            "valid_to": pa.nulls(len(rows), pa.string()),
        }
    )


def _year(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) + 1970
