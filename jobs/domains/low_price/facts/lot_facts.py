"""What is known of the lots of one night, as arrays: all that the assessment of a price rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray, KeyArray
from jobs.domains.low_price.methods.duty import AD_VALOREM, Rates
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.measures import Measure


@dataclass(frozen=True, kw_only=True)
class FactsRule:
    """Which lots are assessed, and how long quotations hold.

    Attributes:
        assessed_days: lots declared within so many days of the night are assessed.
        world_days, survey_days: days that a quotation answers for after its publication; a security price answers for
            the period it is published for.
    """

    assessed_days: int
    world_days: int
    survey_days: int


@dataclass(frozen=True, kw_only=True)
class LotFacts:
    """N lots known on a night, assessed ones among them; every array has shape (N,), NaN and -1 are not stated.

    Attributes:
        lots: the lots, every one a line of its own.
        is_assessed: the lot is assessed; the others are its past.
        is_open: nobody has settled the lot's value yet, so that looking at it can still bring something.
        kind_of: by number of the specification, the number of its state and grade alone.
        key: a number of each assessed lot that never changes, for draws and ties.
        night: the night, in days since 1970-01-01.
        customs_value_krw: as declared.
        rates: duty and tax of the lot's code and claimed preference on its day.
        world_price, survey_price, security_price: quotations known on the lot's day, USD per kg.
        invoice_price: price per kg as invoiced, before freight; and `invoice_market`, product and currency together.
        measures: physical amounts by reason code, see `weight_understatement`.
        family: codes that one good may be declared under; `burden`: duty of the lot's code in the general case.
        on_file: what records say of each lot, by code.
        label, propensity: what an inspection known by the night found (1 priced low, 0 not), and the chance with which
            the lot had been chosen.
        reference_on_file: reference price of past lots on their days, where the rows on file do not reach back to them.
        peer_log_odds_on_file: log odds that past lots lend to the others of their trade, where a night has said them.
    """

    lots: Lots
    is_assessed: BoolArray
    is_open: BoolArray
    kind_of: IntArray
    key: KeyArray
    night: int
    customs_value_krw: FloatArray
    rates: Rates
    world_price: FloatArray
    survey_price: FloatArray
    security_price: FloatArray
    invoice_price: FloatArray
    invoice_market: IntArray
    measures: Mapping[str, Measure] = field(default_factory=dict)
    family: IntArray | None = None
    burden: FloatArray | None = None
    on_file: Mapping[str, BoolArray] = field(default_factory=dict)
    label: FloatArray | None = None
    propensity: FloatArray | None = None
    reference_on_file: FloatArray | None = None
    peer_log_odds_on_file: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.lots)

    @property
    def krw_per_usd(self) -> FloatArray:
        """Won to a dollar as each lot's value was converted."""
        return self.customs_value_krw / (self.lots.price * self.lots.net_mass_kg)


def bare_facts(
    lots: Lots, is_assessed: BoolArray, kind_of: IntArray, night: int, krw_per_usd: float = 1300.0
) -> LotFacts:
    """Facts where nothing is known but the lots: 8 % duty on value, no quotation, no physical amount, no label."""
    n = len(lots)
    unknown = np.full(n, np.nan)
    rates = Rates(
        duty_kind=np.full(n, AD_VALOREM),
        ad_valorem_pct=np.full(n, 8.0),
        specific_krw_per_kg=np.zeros(n),
        is_vat_exempt=np.zeros(n, dtype=bool),
    )
    return LotFacts(
        lots=lots,
        is_assessed=is_assessed,
        is_open=is_assessed & ~lots.is_examined,
        kind_of=kind_of,
        key=np.arange(n, dtype=np.uint64),
        night=night,
        customs_value_krw=lots.price * lots.net_mass_kg * krw_per_usd,
        rates=rates,
        world_price=unknown,
        survey_price=unknown,
        security_price=unknown,
        invoice_price=lots.price,
        invoice_market=lots.product,
    )
