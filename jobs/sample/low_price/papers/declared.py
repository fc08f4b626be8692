"""What is declared of every lot: price, masses, invoice, freight, customs value; and what was true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.sample.low_price.days import first_of, month_of
from jobs.sample.low_price.exchange import CURRENCIES, customs_rates
from jobs.sample.low_price.look_alikes import MARKET_FALL, LookAlikes
from jobs.sample.low_price.lots import DrawnLots, whole_packages
from jobs.sample.low_price.papers.references import Security
from jobs.sample.low_price.parameters import CUTS, TRADE_VARIANCE
from jobs.sample.low_price.prices import Prices
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.schemes import COPY, HUG, SWITCH, WEIGHT, Cases
from jobs.sample.low_price.trades import INCOTERMS, Trades
from jobs.sample.streams import stream

HUG_MARGIN = (0.02, 0.06)  # above the security price, at most: in the development variant, in the one held out
RING_LOG_SD = 0.03  # of the price a ring agrees on, around the market less its cut
INSURANCE_RATE = (0.0010, 0.0030)
LEAST_INVOICE = 0.3  # of the customs value; a lower one would be mostly freight, and is quoted with it
PAYLOAD_KG = (23_000, 27_000)  # of a container, by trade
TARE = {"bag": 0.004, "box": 0.060, "drum": 0.080, "pouch": 0.050, "bulk": 0.002}
DOLLAR, CIF, CFR = CURRENCIES.index("USD"), INCOTERMS.index("CIF"), INCOTERMS.index("CFR")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """N lots as declared. Masses in kg; amounts in won or the invoice's currency; 0 where a cost is in the invoice.

    `reference` is the true market price of the lot's own specification, USD/kg CIF; `true_price` what was paid for it;
    `true_mass` what arrived; `product` what it is declared as.
    """

    product: IntArray
    net_mass: FloatArray
    gross_mass: FloatArray
    packages: IntArray
    containers: IntArray
    incoterm: IntArray
    currency: IntArray
    invoice: FloatArray
    freight_krw: IntArray
    insurance_krw: IntArray
    value_krw: IntArray
    value_usd: FloatArray
    reference: FloatArray
    true_price: FloatArray
    true_mass: FloatArray


def declare(
    seed: int,
    catalogue: Catalogue,
    trades: Trades,
    lots: DrawnLots,
    prices: Prices,
    security: Security,
    cases: Cases,
    look_alikes: LookAlikes,
    log_sd: FloatArray,
) -> Declared:
    """Fills in the declarations. The value is the invoice at the customs rate, with what its terms leave out.

    Args:
        log_sd: of honest prices around the reference, for each lot.
    """
    rng = stream(seed, "declarations/declared")
    market = trades.market[lots.trade]
    true_product = catalogue.product[market]
    product = np.where(cases.of(SWITCH), catalogue.neighbour[true_product], true_product)
    package_kg = catalogue.column("package_kg")[product]
    mass = whole_packages(lots.mass, package_kg)
    left = np.where(cases.is_case, 1 - np.array((*CUTS, 0.0))[cases.cut], 1.0)
    reference = prices.cif(market, lots.shipped, lots.factor)
    paid = reference * np.exp(log_sd * _spread(rng, trades, lots))
    as_planted = (look_alikes.kind >= 0) & ~look_alikes.of(MARKET_FALL)
    paid = np.where(as_planted, reference * look_alikes.ratio, paid)
    price = paid * np.where(cases.of(WEIGHT), 1.0, left)
    price = np.where(cases.of(HUG), _hugging(rng, security, market, lots, cases), price)
    price = np.where(cases.of(COPY), _copied(rng, prices, market, lots, cases, left), price)
    masses = _masses(rng, catalogue, trades, lots, cases, product, mass, left)
    masses["containers"] = np.where(prices.goes_by_air[market], 0, masses["containers"])
    return Declared(
        product=product,
        reference=reference,
        true_price=np.where(cases.of(HUG) | cases.of(COPY), price / left, paid),
        true_mass=mass,
        **masses,
        **_amounts(rng, trades, lots, prices, cases, market, price, masses["net_mass"]),
    )


def _masses(
    rng: np.random.Generator,
    catalogue: Catalogue,
    trades: Trades,
    lots: DrawnLots,
    cases: Cases,
    product: IntArray,
    mass: FloatArray,
    left: FloatArray,
) -> dict[str, NDArray[Any]]:
    """Masses, packages and containers; where weight is understated the containers, mostly the packages, stay true."""
    package_kg = catalogue.column("package_kg")[product]
    net = np.round(np.where(cases.of(WEIGHT), mass * left, mass), 1)
    fewer = cases.of(WEIGHT, is_reserved=True)
    net = np.where(fewer, whole_packages(net, package_kg), net)
    kind = catalogue.column("packaging")[product]
    tare = np.array([TARE[name] for name in kind.tolist()]) * rng.uniform(0.9, 1.1, len(lots))
    payload = rng.uniform(*PAYLOAD_KG, len(trades))[lots.trade]
    return {
        "net_mass": net,
        "gross_mass": np.round(net * (1 + tare) + 0.1, 1),
        "packages": np.rint(np.where(fewer, net, mass) / package_kg).astype(np.int64),
        "containers": np.ceil(mass * (1 + tare) / payload).astype(np.int64),
    }


def _spread(rng: np.random.Generator, trades: Trades, lots: DrawnLots) -> FloatArray:
    """Standard normal over all lots, part of it lasting in each trade."""
    habit = np.sqrt(TRADE_VARIANCE) * trades.habit[lots.trade]
    score: FloatArray = habit + np.sqrt(1 - TRADE_VARIANCE) * rng.standard_normal(len(lots))
    return score


def _hugging(
    rng: np.random.Generator, security: Security, market: IntArray, lots: DrawnLots, cases: Cases
) -> FloatArray:
    """Just above the published security price of the day; NaN for lots that do not hug it."""
    price = np.full(len(lots), np.nan)
    at = np.flatnonzero(cases.of(HUG))
    margin = np.array(HUG_MARGIN)[cases.is_reserved[at].astype(int)] * rng.uniform(0.1, 1.0, len(at))
    price[at] = security.usd_per_kg(market[at], lots.declared[at]) * (1 + margin)
    return price


def _copied(
    rng: np.random.Generator, prices: Prices, market: IntArray, lots: DrawnLots, cases: Cases, left: FloatArray
) -> FloatArray:
    """One price a ring and month, or fortnight, to three digits; NaN for lots of no ring."""
    price = np.full(len(lots), np.nan)
    at = np.flatnonzero(cases.of(COPY))
    if not len(at):
        return price
    month = month_of(lots.declared[at])
    begin = first_of(month)
    half = np.where(cases.is_reserved[at], (lots.declared[at] - begin) // 15, 0)
    agreed = np.unique((cases.ring[at] * 100_000 + month) * 4 + half, return_inverse=True)[1]
    wobble = rng.normal(0.0, RING_LOG_SD, agreed.max() + 1)[agreed]
    day = begin + 15 * half - 15  # goods shipped before the price was agreed
    price[at] = round_digits(prices.cif(market[at], day) * left[at] * np.exp(wobble), 3)
    return price


def _amounts(
    rng: np.random.Generator,
    trades: Trades,
    lots: DrawnLots,
    prices: Prices,
    cases: Cases,
    market: IntArray,
    price: FloatArray,
    net: FloatArray,
) -> dict[str, NDArray[Any]]:
    """Invoice, freight, insurance and values that agree: `value_krw` = invoice x rate + what is not in it."""
    is_copy = cases.of(COPY)
    currency = np.where(is_copy, DOLLAR, trades.currency[lots.trade])
    won, won_a_dollar = (customs_rates(c, lots.declared) for c in (currency, np.full(len(lots), DOLLAR)))
    value = price * net * won_a_dollar
    freight = prices.freight_usd(market, lots.shipped) * net * won_a_dollar * rng.lognormal(0.0, 0.05, len(lots))
    insurance = value * rng.uniform(*INSURANCE_RATE, len(lots))
    incoterm = np.where(is_copy, CIF, trades.incoterm[lots.trade])
    incoterm = np.where(value - freight - insurance < LEAST_INVOICE * value, CIF, incoterm)
    freight_krw = np.where((incoterm == CIF) | (incoterm == CFR), 0, np.rint(freight)).astype(np.int64)
    insurance_krw = np.where(incoterm == CIF, 0, np.rint(insurance)).astype(np.int64)
    unit = (value - freight_krw - insurance_krw) / won / net
    coarse = trades.is_coarse[lots.trade] & ~cases.of(HUG)
    upwards = np.where(cases.of(HUG), 0.5, 0.0)  # just above the published price, never below it
    unit = np.where(is_copy, unit, round_digits(unit, 3, np.where(coarse, 5, 1), upwards))
    invoice = np.round(unit * net, 2)
    value_krw = np.rint(invoice * won).astype(np.int64) + freight_krw + insurance_krw
    return {
        "incoterm": incoterm,
        "currency": currency,
        "invoice": invoice,
        "freight_krw": freight_krw,
        "insurance_krw": insurance_krw,
        "value_krw": value_krw,
        "value_usd": np.round(value_krw / won_a_dollar, 2),
    }


def round_digits(
    values: FloatArray, digits: int, step: IntArray | int = 1, shift: FloatArray | float = 0.0
) -> FloatArray:
    """Rounded to so many significant digits, the last a multiple of `step`; a `shift` of one half rounds up."""
    scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(values)))) / step
    return np.rint(values * scale + shift) / scale
