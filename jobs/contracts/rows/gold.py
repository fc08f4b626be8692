"""Rows of gold as they are read, and the parts of them that are made.

Written by `python -m jobs contracts rows`; the contracts are the place to edit.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from jobs.contracts.rows.items import EvidenceItem, GroundItem, LearnedItem, ReasonItem


class AlertRow(TypedDict):
    """One row is one episode of one subject as it stood on one night."""

    alert_id: str
    night: date
    opened_period: date
    kind: str
    subject_kind: str
    subject_id: str
    hs_code: str | None
    partner_country: str | None
    firm_id: str | None
    port_code: str | None
    office_code: str | None
    device_id: str | None
    period_start: date
    period_end: date
    direction: str
    raw_level: int
    level: int
    previous_level: int
    p_value: float | None
    score: float | None
    score_unit: str
    rank: int
    selection: str
    propensity: float
    stake_krw: Decimal | None
    stake_lower_krw: Decimal | None
    stake_upper_krw: Decimal | None
    origin_share: float | None
    vulnerability: int | None
    cover_days: float | None
    caps: list[str]
    signal_ids: list[str]
    reasons: list[ReasonItem]
    sentence_ko: str
    sentence_en: str
    raises_ko: str
    raises_en: str
    clears_ko: str
    clears_en: str
    rules_version: str
    content_hash: str
    code_version: str | None
    run_id: str | None


class PartialAlertRow(TypedDict, total=False):
    """Some columns of gold.alert."""

    alert_id: str
    night: date
    opened_period: date
    kind: str
    subject_kind: str
    subject_id: str
    hs_code: str | None
    partner_country: str | None
    firm_id: str | None
    port_code: str | None
    office_code: str | None
    device_id: str | None
    period_start: date
    period_end: date
    direction: str
    raw_level: int
    level: int
    previous_level: int
    p_value: float | None
    score: float | None
    score_unit: str
    rank: int
    selection: str
    propensity: float
    stake_krw: Decimal | None
    stake_lower_krw: Decimal | None
    stake_upper_krw: Decimal | None
    origin_share: float | None
    vulnerability: int | None
    cover_days: float | None
    caps: list[str]
    signal_ids: list[str]
    reasons: list[ReasonItem]
    sentence_ko: str
    sentence_en: str
    raises_ko: str
    raises_en: str
    clears_ko: str
    clears_en: str
    rules_version: str
    content_hash: str
    code_version: str | None
    run_id: str | None


class BacktestRow(TypedDict):
    """One row is one figure measured by a back-test."""

    night: date
    domain: str
    group_id: str
    rule: str
    measure: str
    alarm_rate: float
    depth: float
    threshold: float | None
    value: float | None
    lower: float | None
    upper: float | None
    sample_n: int
    run_id: str | None
    code_version: str | None
    rules_version: str | None
    scored_at: datetime | None


class PartialBacktestRow(TypedDict, total=False):
    """Some columns of gold.backtest."""

    night: date
    domain: str
    group_id: str
    rule: str
    measure: str
    alarm_rate: float
    depth: float
    threshold: float | None
    value: float | None
    lower: float | None
    upper: float | None
    sample_n: int
    run_id: str | None
    code_version: str | None
    rules_version: str | None
    scored_at: datetime | None


class ChanceModelRow(TypedDict):
    """One row is one component of the night's mixture of honest and low prices, or one knot of its calibration."""

    night: date
    part: str
    place: int
    model_argument: float
    model_value: float
    lot_count: int
    run_id: str | None


class PartialChanceModelRow(TypedDict, total=False):
    """Some columns of gold.chance_model."""

    night: date
    part: str
    place: int
    model_argument: float
    model_value: float
    lot_count: int
    run_id: str | None


class ComparableRow(TypedDict):
    """One row is one comparable of a lot at level 2 or above."""

    night: date
    declaration_id: str
    line_no: int
    comparable_declaration_id: str
    comparable_line_no: int
    record_id: str | None
    comparable_rung: str
    legal_article: int
    place: int
    days_apart: int | None
    period_start: date
    shipped_on: date | None
    origin_country: str
    importer_id: str
    net_mass_kg: Decimal
    declared_usd_per_kg: float
    adjusted_usd_per_kg: float
    is_examined: bool
    is_lowest: bool
    is_voucher: bool
    run_id: str | None


class PartialComparableRow(TypedDict, total=False):
    """Some columns of gold.comparable."""

    night: date
    declaration_id: str
    line_no: int
    comparable_declaration_id: str
    comparable_line_no: int
    record_id: str | None
    comparable_rung: str
    legal_article: int
    place: int
    days_apart: int | None
    period_start: date
    shipped_on: date | None
    origin_country: str
    importer_id: str
    net_mass_kg: Decimal
    declared_usd_per_kg: float
    adjusted_usd_per_kg: float
    is_examined: bool
    is_lowest: bool
    is_voucher: bool
    run_id: str | None


class ForecastRow(TypedDict):
    """One row is one model's forecast of one month, as issued on the night."""

    night: date
    subject_id: str
    hs_code: str
    partner_country: str
    model: str
    target_start: date
    horizon: int
    expected: float
    lower: float | None
    upper: float | None
    unit: str
    trend_part: float | None
    season_part: float | None
    workday_part: float | None
    is_published: bool
    run_id: str | None


class PartialForecastRow(TypedDict, total=False):
    """Some columns of gold.forecast."""

    night: date
    subject_id: str
    hs_code: str
    partner_country: str
    model: str
    target_start: date
    horizon: int
    expected: float
    lower: float | None
    upper: float | None
    unit: str
    trend_part: float | None
    season_part: float | None
    workday_part: float | None
    is_published: bool
    run_id: str | None


class FreshnessRow(TypedDict):
    """One row is how fresh one source was on the night."""

    night: date
    source: str
    last_period: date | None
    last_known_at: datetime | None
    age_days: int | None
    promised_days: int
    status: str
    reason_ko: str | None
    reason_en: str | None
    set_aside_at: datetime | None
    run_id: str | None


class PartialFreshnessRow(TypedDict, total=False):
    """Some columns of gold.freshness."""

    night: date
    source: str
    last_period: date | None
    last_known_at: datetime | None
    age_days: int | None
    promised_days: int
    status: str
    reason_ko: str | None
    reason_en: str | None
    set_aside_at: datetime | None
    run_id: str | None


class KnownLotRow(TypedDict):
    """One row is a recent item line as the night knew it, ready to be compared with."""

    night: date
    declaration_id: str
    line_no: int
    record_id: str | None
    period_start: date
    shipped_on: date | None
    hs10_code: str
    standard_name_code: str
    product_state: str | None
    grade: str
    packaging: str | None
    crop_year: int | None
    origin_country: str
    trade_level: str | None
    office_code: str | None
    importer_id: str
    exporter_id: str | None
    declarant_id: str | None
    net_mass_kg: Decimal
    gross_mass_kg: Decimal | None
    package_count: int | None
    container_count: int | None
    customs_value_krw: Decimal
    customs_value_usd: Decimal | None
    carriage_krw: Decimal | None
    invoice_amount: Decimal | None
    invoice_currency: str | None
    preference_code: str
    is_accepted: bool
    is_examined: bool
    is_disputed: bool
    is_discredited: bool
    finding: str | None
    finding_known_on: date | None
    propensity: float | None
    reference_usd_per_kg: float | None
    trade_log_odds: float | None
    run_id: str | None


class PartialKnownLotRow(TypedDict, total=False):
    """Some columns of gold.known_lot."""

    night: date
    declaration_id: str
    line_no: int
    record_id: str | None
    period_start: date
    shipped_on: date | None
    hs10_code: str
    standard_name_code: str
    product_state: str | None
    grade: str
    packaging: str | None
    crop_year: int | None
    origin_country: str
    trade_level: str | None
    office_code: str | None
    importer_id: str
    exporter_id: str | None
    declarant_id: str | None
    net_mass_kg: Decimal
    gross_mass_kg: Decimal | None
    package_count: int | None
    container_count: int | None
    customs_value_krw: Decimal
    customs_value_usd: Decimal | None
    carriage_krw: Decimal | None
    invoice_amount: Decimal | None
    invoice_currency: str | None
    preference_code: str
    is_accepted: bool
    is_examined: bool
    is_disputed: bool
    is_discredited: bool
    finding: str | None
    finding_known_on: date | None
    propensity: float | None
    reference_usd_per_kg: float | None
    trade_log_odds: float | None
    run_id: str | None


class LotRow(TypedDict):
    """One row is one item line of a declaration whose price was judged on the night."""

    night: date
    declaration_id: str
    line_no: int
    record_id: str | None
    period_start: date
    shipped_on: date | None
    hs10_code: str
    standard_name_code: str
    product_state: str | None
    grade: str
    packaging: str | None
    crop_year: int | None
    origin_country: str
    trade_level: str | None
    office_code: str | None
    importer_id: str
    exporter_id: str | None
    market_id: str | None
    net_mass_kg: Decimal
    customs_value_krw: Decimal
    preference_code: str
    price_usd_per_kg: float
    reference_usd_per_kg: float | None
    reference_lower_usd_per_kg: float | None
    reference_upper_usd_per_kg: float | None
    price_ratio: float | None
    z_score: float | None
    reference_n: int
    reference_rung: int
    reference_day: date | None
    comparable_rung: str
    comparable_count: int
    lowest_comparable_usd_per_kg: float | None
    lowest_declaration_id: str | None
    lowest_line_no: int | None
    voucher_declaration_id: str | None
    voucher_line_no: int | None
    grounds: list[GroundItem]
    raw_level: int
    level_before_cap: int
    level: int
    caps: list[str]
    reason_codes: list[str]
    speaks_for: list[str]
    raises_codes: list[str]
    clears_codes: list[str]
    probability: float | None
    learned: list[LearnedItem]
    shortfall_krw: Decimal | None
    stake_krw: Decimal | None
    stake_lower_krw: Decimal | None
    stake_upper_krw: Decimal | None
    stake_at_lowest_krw: Decimal | None
    rank: int
    selection: str
    propensity: float
    run_id: str | None


class PartialLotRow(TypedDict, total=False):
    """Some columns of gold.lot."""

    night: date
    declaration_id: str
    line_no: int
    record_id: str | None
    period_start: date
    shipped_on: date | None
    hs10_code: str
    standard_name_code: str
    product_state: str | None
    grade: str
    packaging: str | None
    crop_year: int | None
    origin_country: str
    trade_level: str | None
    office_code: str | None
    importer_id: str
    exporter_id: str | None
    market_id: str | None
    net_mass_kg: Decimal
    customs_value_krw: Decimal
    preference_code: str
    price_usd_per_kg: float
    reference_usd_per_kg: float | None
    reference_lower_usd_per_kg: float | None
    reference_upper_usd_per_kg: float | None
    price_ratio: float | None
    z_score: float | None
    reference_n: int
    reference_rung: int
    reference_day: date | None
    comparable_rung: str
    comparable_count: int
    lowest_comparable_usd_per_kg: float | None
    lowest_declaration_id: str | None
    lowest_line_no: int | None
    voucher_declaration_id: str | None
    voucher_line_no: int | None
    grounds: list[GroundItem]
    raw_level: int
    level_before_cap: int
    level: int
    caps: list[str]
    reason_codes: list[str]
    speaks_for: list[str]
    raises_codes: list[str]
    clears_codes: list[str]
    probability: float | None
    learned: list[LearnedItem]
    shortfall_krw: Decimal | None
    stake_krw: Decimal | None
    stake_lower_krw: Decimal | None
    stake_upper_krw: Decimal | None
    stake_at_lowest_krw: Decimal | None
    rank: int
    selection: str
    propensity: float
    run_id: str | None


class LotPatternRow(TypedDict):
    """One row is one pattern found in the lots of one group of related firms."""

    night: date
    detector_id: str
    firm_group: str
    pattern_market: str
    p_value: float
    statistic: float | None
    lot_count: int
    reason_codes: list[str]
    run_id: str | None


class PartialLotPatternRow(TypedDict, total=False):
    """Some columns of gold.lot_pattern."""

    night: date
    detector_id: str
    firm_group: str
    pattern_market: str
    p_value: float
    statistic: float | None
    lot_count: int
    reason_codes: list[str]
    run_id: str | None


class LotRankerRow(TypedDict):
    """One row is what a night learned from the findings of inspections, and whether it ranks by it."""

    night: date
    ranker_state: str
    label_count: int
    trial_weeks: int
    gain_lower: float | None
    feature_names: list[str]
    log_odds_shift: float | None
    model_text: str | None
    run_id: str | None


class PartialLotRankerRow(TypedDict, total=False):
    """Some columns of gold.lot_ranker."""

    night: date
    ranker_state: str
    label_count: int
    trial_weeks: int
    gain_lower: float | None
    feature_names: list[str]
    log_odds_shift: float | None
    model_text: str | None
    run_id: str | None


class PricePathRow(TypedDict):
    """One row is the reference price of a market in the morning of one day, and its interval."""

    night: date
    market_id: str
    standard_name_code: str
    origin_country: str
    period_start: date
    reference_usd_per_kg: float
    reference_lower_usd_per_kg: float
    reference_upper_usd_per_kg: float
    lot_count: int
    lowest_usd_per_kg: float | None
    median_usd_per_kg: float | None
    run_id: str | None


class PartialPricePathRow(TypedDict, total=False):
    """Some columns of gold.price_path."""

    night: date
    market_id: str
    standard_name_code: str
    origin_country: str
    period_start: date
    reference_usd_per_kg: float
    reference_lower_usd_per_kg: float
    reference_upper_usd_per_kg: float
    lot_count: int
    lowest_usd_per_kg: float | None
    median_usd_per_kg: float | None
    run_id: str | None


class ReferenceDayRow(TypedDict):
    """One row is the reference price of a market, or of a wider pool, in the morning of one day."""

    night: date
    market_id: str
    reference_rung: int
    standard_name_code: str
    period_start: date
    log_price: float
    log_sd: float
    log_drift: float
    log_spread: float
    reference_n: int
    run_id: str | None


class PartialReferenceDayRow(TypedDict, total=False):
    """Some columns of gold.reference_day."""

    night: date
    market_id: str
    reference_rung: int
    standard_name_code: str
    period_start: date
    log_price: float
    log_sd: float
    log_drift: float
    log_spread: float
    reference_n: int
    run_id: str | None


class ScoreRow(TypedDict):
    """One row is one model's record on one subject, over the forecasts whose truth has arrived."""

    night: date
    subject_id: str
    model: str
    interval_score: float | None
    coverage: float | None
    scored_n: int
    is_published: bool
    reason_codes: list[str]
    run_id: str | None


class PartialScoreRow(TypedDict, total=False):
    """Some columns of gold.score."""

    night: date
    subject_id: str
    model: str
    interval_score: float | None
    coverage: float | None
    scored_n: int
    is_published: bool
    reason_codes: list[str]
    run_id: str | None


class SignalRow(TypedDict):
    """One row is one detector's finding on one subject in one period."""

    signal_id: str
    night: date
    kind: str
    subject_kind: str
    subject_id: str
    hs_code: str | None
    partner_country: str | None
    firm_id: str | None
    port_code: str | None
    office_code: str | None
    device_id: str | None
    detector_id: str
    detector_version: str
    rules_version: str
    family: str
    grain: str
    period_start: date
    period_end: date
    known_at: datetime
    direction: str
    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    unit: str
    statistic: float | None
    p_value: float | None
    score: float | None
    baseline_start: date | None
    baseline_end: date | None
    baseline_n: int
    is_testable: bool
    reason_codes: list[str]
    evidence: list[EvidenceItem]
    run_id: str | None


class PartialSignalRow(TypedDict, total=False):
    """Some columns of gold.signal."""

    signal_id: str
    night: date
    kind: str
    subject_kind: str
    subject_id: str
    hs_code: str | None
    partner_country: str | None
    firm_id: str | None
    port_code: str | None
    office_code: str | None
    device_id: str | None
    detector_id: str
    detector_version: str
    rules_version: str
    family: str
    grain: str
    period_start: date
    period_end: date
    known_at: datetime
    direction: str
    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    unit: str
    statistic: float | None
    p_value: float | None
    score: float | None
    baseline_start: date | None
    baseline_end: date | None
    baseline_n: int
    is_testable: bool
    reason_codes: list[str]
    evidence: list[EvidenceItem]
    run_id: str | None


class SubjectMonthRow(TypedDict):
    """One row is a month of a watched subject: the value known that night and the interval its past made likely."""

    night: date
    kind: str
    subject_kind: str
    subject_id: str
    source: str
    hs_code: str
    partner_country: str
    period_start: date
    net_mass_kg: Decimal
    value_usd: Decimal
    expected: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    direction: str
    raw_level: int | None
    level: int | None
    origin_share: float | None
    is_watched: bool
    is_rejected: bool | None
    is_testable: bool
    reason_codes: list[str]
    run_id: str | None


class PartialSubjectMonthRow(TypedDict, total=False):
    """Some columns of gold.subject_month."""

    night: date
    kind: str
    subject_kind: str
    subject_id: str
    source: str
    hs_code: str
    partner_country: str
    period_start: date
    net_mass_kg: Decimal
    value_usd: Decimal
    expected: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    direction: str
    raw_level: int | None
    level: int | None
    origin_share: float | None
    is_watched: bool
    is_rejected: bool | None
    is_testable: bool
    reason_codes: list[str]
    run_id: str | None


class TransportDayRow(TypedDict):
    """One row is a day's ships at one strait or port and the interval its past made likely."""

    night: date
    subject_kind: str
    subject_id: str
    period_start: date
    observed: float
    expected: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    is_alarm: bool
    is_testable: bool
    run_id: str | None


class PartialTransportDayRow(TypedDict, total=False):
    """Some columns of gold.transport_day."""

    night: date
    subject_kind: str
    subject_id: str
    period_start: date
    observed: float
    expected: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    is_alarm: bool
    is_testable: bool
    run_id: str | None


class VulnerabilityRow(TypedDict):
    """One row is the structure of an item's imports over the twelve months before the period."""

    night: date
    source: str
    hs_code: str
    hs_level: int
    period_start: date
    item_value_usd: float
    origin_count: int
    hhi: float | None
    world_hhi: float | None
    top_origin: str | None
    top_share: float | None
    import_export_ratio: float | None
    coverage_ratio: float | None
    vulnerability: int | None
    reason_codes: list[str]
    run_id: str | None


class PartialVulnerabilityRow(TypedDict, total=False):
    """Some columns of gold.vulnerability."""

    night: date
    source: str
    hs_code: str
    hs_level: int
    period_start: date
    item_value_usd: float
    origin_count: int
    hhi: float | None
    world_hhi: float | None
    top_origin: str | None
    top_share: float | None
    import_export_ratio: float | None
    coverage_ratio: float | None
    vulnerability: int | None
    reason_codes: list[str]
    run_id: str | None
