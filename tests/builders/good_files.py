"""Two sound deliveries of every source: what has come for a year and a half, and what comes a month later.

The later one of a statistic states its last month again, one figure revised, and a month more; of a register all of
it, one entry changed; of declarations and papers some new ones.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from jobs import contracts
from tests.builders.declarations import line

MONTHS = [date(2022 + place // 12, place % 12 + 1, 1) for place in range(10, 29)]  # November 2022 to May 2024
BEFORE, LATER = MONTHS[:-1], MONTHS[-2:]
CODES = ["800110", "090111", "282520"]
LANDS = [("CN", "중국"), ("VN", "베트남")]
Record = dict[str, object]
Records = Callable[[Sequence[date], bool], Iterator[Record]]


@dataclass(frozen=True, kw_only=True)
class Good:
    """A source's sound records.

    Attributes:
        records: of some months, or, of a register, whatever they are; the flag says whether it is the later delivery.
        figures: columns that hold a figure.
        days: columns that hold a day, a month or an instant.
    """

    records: Records
    figures: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def columns(self) -> list[str]:
        """Columns that its records state."""
        return [*next(self.records(LATER, True))]

    def file(self, source: str, *, is_later: bool) -> bytes:
        """The file of one of the two deliveries."""
        records = list(self.records(LATER if is_later else BEFORE, is_later))
        columns = [*contracts.landing(source).columns]
        columns += [name for name in records[0] if name not in columns]
        return csv_of([columns, *([str(each.get(name, "")) for name in columns] for each in records)])


def csv_of(rows: Sequence[Sequence[object]]) -> bytes:
    """Rows, the header the first of them, as a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def figure(place: int, month: date, is_later: bool) -> int:
    """A figure that swings by a tenth; the first one of April 2024 is revised later."""
    swing = (month.month * 7 + place * 3) % 11
    return 50_000 * (place + 1) + 1_000 * swing + 17 * (is_later and month == BEFORE[-1] and place == 0)


def trade(lands: Sequence[tuple[str, str]] = LANDS, **columns: str) -> Records:
    """Imports by code and country; `columns` are formats of what a record states."""

    def records(months: Sequence[date], is_later: bool) -> Iterator[Record]:
        for month in months:
            for place, (code, (land, name)) in enumerate((code, land) for code in CODES for land in lands):
                mass = figure(place, month, is_later)
                stated = {"month": month, "code": code, "land": land, "name": name, "mass": mass, "value": 2 * mass}
                yield {column: text.format(**stated) for column, text in columns.items()}

    return records


def series(*places: str, days: Sequence[int] = (1,), **columns: str) -> Records:
    """Figures of some places on some days of each month; `columns` as for `trade`."""

    def records(months: Sequence[date], is_later: bool) -> Iterator[Record]:
        for month in months:
            for number in days:
                for place, name in enumerate(places):
                    amount = figure(place, month, is_later)
                    stated = {"day": month.replace(day=number), "place": name, "n": amount, "few": amount // 1000}
                    yield {column: text.format(**stated) for column, text in columns.items()}

    return records


def listed(*entries: Record, later: Record) -> Records:
    """A register: always all of its entries, the first with other values later."""

    def records(_: Sequence[date], is_later: bool) -> Iterator[Record]:
        for place, entry in enumerate(entries):
            yield {**entry, **later} if is_later and place == 0 else entry

    return records


def dated(entry: Callable[[date, int], Record]) -> Records:
    """Three things that happened in each month; the later delivery tells of the newest month alone."""

    def records(months: Sequence[date], is_later: bool) -> Iterator[Record]:
        for month in months[-1:] if is_later else months:
            for number in (5, 6, 9):
                yield entry(month.replace(day=number), number)

    return records


def published(day: date, number: int) -> Record:
    """A declaration of the published file."""
    names = contracts.landing("kcs_declarations").columns
    text = f"{day:%y%m}{number},{day},40,B,11,11,11,40,D1,I1,S1,,760711,CN,CN,7.2,FCN1,E,901.2,415092.72,0,0"
    return dict(zip(names, text.split(","), strict=True))


def result(day: date, number: int) -> Record:
    return {
        "declaration_id": f"{day:%y%m}{number}",
        "line_no": 1,
        "inspected_at": f"{day}T16:00:00+09:00",
        "selection": "profile",
        "propensity": 0.04,
        "finding": "no_finding",
    }


def declared(day: date, number: int) -> Record:
    return {
        **line(
            declaration_id=f"D{day:%y%m}{number}",
            declared_at=f"{day}T09:30:00+09:00",
            accepted_at=f"{day}T17:00:00+09:00",
            shipped_on=str(day.replace(day=number - 4)),
        )
    }


COUNTRY = trade(
    year="{month:%Y.%m}",
    statCd="{land}",
    statCdCntnKor1="{name}",
    statKor="품목",
    hsCd="{code}",
    impWgt="{mass}",
    impDlr="{value}",
    expWgt="0",
    expDlr="0",
    balPayments="-{value}",
)
TOTAL = {
    "STD_YYYYMM": "{month:%Y-%m}",
    "hs_code": "{code}0000",
    "country_code": "{land}",
    "country_name": "{name}",
    "export_weight_kg": "0",
    "export_value_usd": "0",
    "import_weight_kg": "{mass}",
    "import_value_usd": "{value}",
    "trade_balance_usd": "-{value}",
    "provider": "korea_customs_service",
    "source_endpoint": "https://apis.data.go.kr/1220000",
    "retrieved_at": "2024-05-15T00:00:00.000000+00:00",
}
TOTAL_FIGURES = ("import_weight_kg", "import_value_usd", "trade_balance_usd")
PRICES = {"Coffee, Arabica": "{few}.5", "Aluminum": "{few}.25"}
PORT_FIGURES = ("import_container_tons", "import_total_tons", "export_container_tons", "export_total_tons")
RATES = [
    {
        "hs10_code": f"2001{place}09060",
        "tariff_kind": "basic",
        "duty_kind": "ad_valorem",
        "ad_valorem_pct": "30",
        "is_vat_exempt": "N",
        "valid_from": "2020-01-01",
    }
    for place in range(10)
]
WON_A_KG = {"hs10_code": "0713109000", "duty_kind": "specific"}
RATES += [{**RATES[0], **WON_A_KG, "ad_valorem_pct": "", "specific_krw_per_kg": "1800"}]
FIRMS = [
    {
        "firm_id": f"I{place:06}",
        "firm_kind": "importer",
        "country": "KR",
        "registered_on": f"2010-08-{place + 1:02}",
        "address_id": f"A{place}",
        "phone_id": f"P{place}",
    }
    for place in range(12)
]
RELATIONS = [
    {
        "firm_id": f"I{place:06}",
        "related_firm_id": f"I{place + 1:06}",
        "relation_kind": "ownership",
        "valid_from": f"2019-06-{place + 1:02}",
    }
    for place in range(12)
]
REVISIONS = [
    {"old_code": f"85234{place}", "new_code": f"85499{place}", "valid_from": "2022-01-01", "source": "HS 2022"}
    for place in range(9)
]

GOOD: dict[str, Good] = {
    "kcs_trade_country": Good(records=COUNTRY, figures=("impWgt", "impDlr", "balPayments"), days=("year",)),
    "kcs_trade_total": Good(
        records=trade([("ALL", "")], **TOTAL),
        figures=TOTAL_FIGURES,
        days=("STD_YYYYMM",),
    ),
    "kcs_trade_total_country": Good(records=trade(**TOTAL), figures=TOTAL_FIGURES, days=("STD_YYYYMM",)),
    "kcs_coffee": Good(
        records=trade(
            year_month="{month:%Y-%m}",
            hs_code="{code}",
            item_name="커피",
            country="{name}",
            country_code="{land}",
            import_weight_kg="{mass}",
            import_value_usd="{value}",
            source="Korea Customs Service OpenAPI",
        ),
        figures=("import_weight_kg", "import_value_usd"),
        days=("year_month",),
    ),
    "china_exports": Good(
        records=trade(
            [("AU", "Australia"), ("VN", "Vietnam")],
            period_dt="{month}",
            partner_name="{name}",
            hs6="{code}",
            val="{value}",
            qty="{mass}",
            uv="2",
        ),
        figures=("val", "qty"),
        days=("period_dt",),
    ),
    "us_imports": Good(
        records=trade(
            month="{month:%Y-%m}",
            hs="{code}",
            country="{land}",
            country_name="{land}",
            value_usd="{value}",
            qty="{mass}",
        ),
        figures=("value_usd", "qty"),
        days=("month",),
    ),
    "coffee_price": Good(
        records=series(
            "",
            year_month="{day:%Y-%m}",
            arabica_otm_usc_lb="{few}.9",
            robusta_usc_lb="{few}.1",
            arabica_otm_usd_per_kg="4.5",
            robusta_usd_per_kg="3.3",
            source="FRED",
        ),
        figures=("arabica_otm_usc_lb", "robusta_usc_lb", "arabica_otm_usd_per_kg", "robusta_usd_per_kg"),
        days=("year_month",),
    ),
    "pinksheet": Good(records=series("", period="{day:%Y-%m}", **PRICES), figures=(*PRICES,), days=("period",)),
    "gscpi": Good(records=series("", date="{day}", value="0.{few}"), figures=("value",), days=("date",)),
    "portwatch_straits": Good(
        records=series(
            "suez",
            "hormuz",
            days=(2, 9),
            date="{day}",
            chokepoint="{place}",
            n_total="{few}",
            n_tanker="0",
            n_cargo="{few}",
            capacity="{n}",
        ),
        figures=("n_total", "n_cargo", "capacity"),
        days=("date",),
    ),
    "portwatch_ports": Good(
        records=series(
            "AEJEA",
            "BRSSZ",
            days=(2, 9),
            activity_date="{day}",
            port_code="{place}",
            portwatch_id="port7",
            portwatch_name="Jebel Ali",
            portcalls_container="{few}",
            portcalls_total="{few}",
            **dict.fromkeys(PORT_FIGURES, "{n}"),
        ),
        figures=("portcalls_container", "portcalls_total", *PORT_FIGURES),
        days=("activity_date",),
    ),
    "import_declaration": Good(
        records=dated(declared),
        figures=("net_mass_kg", "gross_mass_kg", "invoice_amount", "customs_value_krw", "customs_value_usd"),
        days=("declared_at", "accepted_at", "shipped_on"),
    ),
    "inspection_result": Good(records=dated(result), figures=("propensity",), days=("inspected_at",)),
    "kcs_declarations": Good(records=dated(published), figures=("Net Mass", "Item Price"), days=("Date",)),
    "kcs_declaration_outcomes": Good(records=dated(published), figures=("Net Mass", "Item Price"), days=("Date",)),
    "firm": Good(records=listed(*FIRMS, later={"phone_id": "P99"}), days=("registered_on",)),
    "firm_relation": Good(
        records=listed(*RELATIONS, later={"valid_to": "2024-05-31"}), days=("valid_from", "valid_to")
    ),
    "hs_revision": Good(records=listed(*REVISIONS, later={"source": "HS 2022, corrected"}), days=("valid_from",)),
    "tariff_rate": Good(
        records=listed(*RATES, later={"ad_valorem_pct": "27"}),
        figures=("ad_valorem_pct", "specific_krw_per_kg"),
        days=("valid_from", "valid_to"),
    ),
    "price_reference": Good(
        records=series(
            "CN",
            "VN",
            reference_source="survey",
            standard_name_code="garlic_pickled",
            origin_country="{place}",
            period_start="{day}",
            period_end="{day:%Y-%m}-10",
            price="{few}",
            unit="KRW/kg",
            currency="KRW",
            published_on="{day:%Y-%m}-15",
        ),
        figures=("price",),
        days=("period_start", "period_end", "published_on"),
    ),
}
