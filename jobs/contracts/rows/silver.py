"""Rows of silver as they are read.

Written by `python -m jobs contracts rows`; the contracts are the place to edit.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict


class CommodityPriceMonthRow(TypedDict):
    """One row is one price series in one month, as known at one time."""

    series_name: str
    period_start: date
    known_at: datetime
    price: Decimal
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class FirmRow(TypedDict):
    """One row is what is registered of one firm, as known at one time."""

    firm_id: str
    firm_kind: str
    country: str | None
    period_start: date
    known_at: datetime
    registered_on: date
    address_id: str | None
    phone_id: str | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class FirmRelationRow(TypedDict):
    """One row is one relation between two firms, as known at one time."""

    firm_id: str
    related_firm_id: str
    relation_kind: str
    valid_from: date
    valid_to: date | None
    period_start: date
    known_at: datetime
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class HsRevisionRow(TypedDict):
    """One row is one code that follows another from a day on, as known at one time."""

    old_hs_code: str
    new_hs_code: str
    valid_from: date
    nomenclature: str
    period_start: date
    known_at: datetime
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class ImportDeclarationRow(TypedDict):
    """One row is one item line of an import declaration, as known at one time."""

    declaration_id: str
    line_no: int
    period_start: date
    period_month: date
    known_at: datetime
    source: str
    importer_id: str
    exporter_id: str | None
    hs10_code: str
    standard_name_code: str | None
    origin_country: str
    net_mass_kg: Decimal
    customs_value_krw: Decimal
    customs_value_usd: Decimal | None
    is_judgeable: bool
    quality_flags: list[str]
    declared_at: datetime
    office_code: str | None
    declarant_id: str | None
    product_state: str | None
    grade: str
    packaging: str | None
    crop_year: int | None
    departure_country: str | None
    loading_port: str | None
    arrival_port: str | None
    transport_mode: str | None
    bl_number: str | None
    container_numbers: list[str] | None
    gross_mass_kg: Decimal | None
    package_count: int | None
    incoterm: str | None
    invoice_currency: str | None
    invoice_amount: Decimal | None
    freight_krw: Decimal | None
    insurance_krw: Decimal | None
    duty_rate_pct: Decimal | None
    preference_code: str
    certificate_number: str | None
    status: str | None
    accepted_at: datetime | None
    shipped_on: date | None
    trade_level: str | None
    examination_result: str | None
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class InspectionResultRow(TypedDict):
    """One row is what came of inspecting one item line, as known at one time."""

    declaration_id: str
    line_no: int
    period_start: date
    period_month: date
    known_at: datetime
    inspected_at: datetime | None
    selection: str
    propensity: float | None
    finding: str
    corrected_customs_value_krw: Decimal | None
    corrected_net_mass_kg: Decimal | None
    reason_code: str | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class PartnerTradeMonthRow(TypedDict):
    """One row is a month's trade as another country's customs reported it, as known at one time."""

    reporter_country: str
    flow: str
    hs_code: str
    hs_level: int
    partner_country: str
    period_start: date
    known_at: datetime
    value_usd: Decimal
    net_mass_kg: Decimal | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class PortDayRow(TypedDict):
    """One row is a day's calls and cargo of one port, as known at one time."""

    port_code: str
    port_name: str
    period_start: date
    known_at: datetime
    port_calls_total: int
    port_calls_container: int
    import_mass_t: Decimal
    import_container_mass_t: Decimal
    export_mass_t: Decimal
    export_container_mass_t: Decimal
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class PressureIndexMonthRow(TypedDict):
    """One row is one index in one month, as known at one time."""

    series_name: str
    period_start: date
    known_at: datetime
    index_value: Decimal
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class PriceReferenceRow(TypedDict):
    """One row is the reference price of a product, origin and grade in a period, as known at one time."""

    reference_source: str
    standard_name_code: str
    origin_country: str
    grade: str
    period_start: date
    period_end: date | None
    known_at: datetime
    price: Decimal
    unit: str
    currency: str
    price_usd_per_kg: Decimal | None
    published_on: date | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class StraitDayRow(TypedDict):
    """One row is a day's transits of one chokepoint, as known at one time."""

    strait_code: str
    period_start: date
    known_at: datetime
    transits_total: int
    transits_tanker: int
    transits_cargo: int
    capacity_t: Decimal | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class TariffRateRow(TypedDict):
    """One row is one rate of a tariff line and the time it holds, as known at one time."""

    hs10_code: str
    tariff_kind: str
    preference_code: str
    duty_kind: str
    ad_valorem_pct: Decimal | None
    specific_krw_per_kg: Decimal | None
    is_vat_exempt: bool
    valid_from: date
    valid_to: date | None
    period_start: date
    known_at: datetime
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class TradeMonthRow(TypedDict):
    """One row is a month's trade of one item with one country in one direction, as known at one time."""

    flow: str
    hs_code: str
    hs_level: int
    partner_country: str
    period_start: date
    known_at: datetime
    value_usd: Decimal
    net_mass_kg: Decimal | None
    source: str
    quality_flags: list[str]
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None


class TradeScopeRow(TypedDict):
    """One row is what a delivery covers of one month: items and partners, as known at one time."""

    delivery_id: str
    flows: list[str]
    hs_codes: list[str]
    partner_countries: list[str] | None
    unread_cells: list[str]
    scope_basis: str
    period_start: date
    known_at: datetime
    source: str
    record_id: str | None
    arrived_on: date | None
    ingested_at: datetime | None
    recorded_at: datetime | None
    is_withdrawn: bool | None
