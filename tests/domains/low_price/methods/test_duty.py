"""Duty and tax in whole won, against arithmetic on decimals; the rate in force on a day."""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.low_price.methods.duty import (
    AD_VALOREM,
    BASIC,
    GREATER_OF,
    OPEN_ENDED,
    SPECIFIC,
    Rates,
    Tariff,
    choose_tariff,
    levy,
)

GARLIC = (GREATER_OF, 360.0, 1800.0, False)  # dried garlic: 360 % or 1,800 won/kg, the larger


def rates(*rows):
    kind, percent, per_kg, exempt = zip(*rows, strict=True)
    return Rates(
        duty_kind=np.array(kind),
        ad_valorem_pct=np.array(percent, float),
        specific_krw_per_kg=np.array(per_kg, float),
        is_vat_exempt=np.array(exempt),
    )


def due(value, mass, row):
    result = levy(np.array([value], float), np.array([mass], float), rates(row))
    return int(result.duty_krw[0]), int(result.vat_krw[0])


def test_cheap_dried_garlic_pays_by_the_kilogram_and_dear_garlic_by_value():
    # 20 t at 400 won/kg: 360 % is 1,440 won/kg, less than 1,800; at 708 won/kg it is 2,548.8
    assert due(8_000_000, 20_000, GARLIC)[0] == 36_000_000
    assert due(14_160_000, 20_000, GARLIC)[0] == 50_976_000


@pytest.mark.parametrize(
    ("row", "duty", "vat"),
    [
        ((AD_VALOREM, 8.0, 9e4, False), 80_000, 108_000),
        ((SPECIFIC, 9e3, 100.0, False), 20_000, 102_000),
        ((AD_VALOREM, 8.0, np.nan, True), 80_000, 0),
        ((SPECIFIC, np.nan, 0.0, False), 0, 100_000),
    ],
)
def test_each_kind_reads_its_own_rate_and_tax_stands_on_value_and_duty(row, duty, vat):
    assert due(1_000_000, 200, row) == (duty, vat)


def test_won_under_ten_are_not_counted():
    assert due(1_249, 1, (AD_VALOREM, 8.0, 0.0, False)) == (90, 130)  # 99.92 and (1,249 + 90) / 10


def exact(value, mass, kind, percent, per_kg, exempt):
    """The same by decimal arithmetic, as on paper."""

    def ten(won):
        return (won / 10).to_integral_value(ROUND_FLOOR) * 10

    def nearest(number, unit):
        return Decimal(repr(number)).quantize(Decimal(unit), ROUND_HALF_EVEN)

    worth = nearest(value, "1")
    by_value = worth * nearest(percent, "0.001") / 100 if kind != SPECIFIC else Decimal(0)
    by_mass = nearest(mass, "0.001") * nearest(per_kg, "0.01") if kind != AD_VALOREM else Decimal(0)
    duty = ten(max(by_value, by_mass))
    return int(duty), 0 if exempt else int(ten((worth + duty) / 10))


@settings(max_examples=300)
@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12).map(lambda gram: gram / 1000),
    st.sampled_from([AD_VALOREM, SPECIFIC, GREATER_OF]),
    st.integers(0, 900_000).map(lambda steps: steps / 1000),
    st.integers(0, 700_000).map(lambda steps: steps / 100),
    st.booleans(),
)
def test_levies_equal_decimal_arithmetic(value, mass, kind, percent, per_kg, exempt):
    assert due(value, mass, (kind, percent, per_kg, exempt)) == exact(value, mass, kind, percent, per_kg, exempt)


@pytest.mark.parametrize("value", [np.nan, -1.0, 1e13])
def test_a_value_that_no_lot_has_is_refused(value):
    with pytest.raises(ValueError, match="customs value"):
        due(value, 1, GARLIC)


def table(*lines):
    """Lines of (hs10, preference, first day, last day)."""
    hs10, preference, begins, ends = (np.array(column) for column in zip(*lines, strict=True))
    return Tariff(
        hs10=hs10, preference=preference, valid_from=begins, valid_to=ends, rates=rates(*[GARLIC] * len(lines))
    )


CODE = 712_90_1000
TARIFF = table(
    (CODE, BASIC, 0, OPEN_ENDED),
    (CODE, 3, 100, 199),  # an agreement's rate, of two years
    (CODE, 3, 200, 299),
    (CODE, BASIC, 150, 160),  # a temporary rate that interrupts the basic one
    (CODE + 1, BASIC, 50, 60),
)


@pytest.mark.parametrize(
    ("hs10", "preference", "day", "line", "is_refused"),
    [
        (CODE, BASIC, 10, 0, False),
        (CODE, 3, 100, 1, False),
        (CODE, 3, 199, 1, False),
        (CODE, 3, 200, 2, False),
        (CODE, 3, 300, 0, True),
        (CODE, 7, 120, 0, True),
        (CODE, BASIC, 155, 3, False),
        (CODE, BASIC, 161, 0, False),
        (CODE, BASIC, -1, -1, False),
        (CODE + 1, BASIC, 61, -1, False),
        (CODE + 2, BASIC, 55, -1, False),
    ],
)
def test_the_rate_of_the_day(hs10, preference, day, line, is_refused):
    result = choose_tariff(TARIFF, np.array([hs10]), np.array([preference]), np.array([day]))
    assert (result.line[0], result.is_refused[0]) == (line, is_refused)


lines = st.lists(
    st.tuples(st.integers(1, 3), st.integers(-1, 1), st.integers(0, 20), st.integers(0, 20)).map(
        lambda row: (*row[:2], min(row[2:]), max(row[2:]))
    ),
    min_size=1,
    max_size=12,
)


@given(lines, st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 2), st.integers(-3, 23)), min_size=1, max_size=8))
def test_the_join_agrees_with_a_search_line_by_line(lines, lots):
    hs10, preference, day = (np.array(column) for column in zip(*lots, strict=True))
    result = choose_tariff(table(*lines), hs10, preference, day).line
    for (code, claimed, on), line in zip(lots, result, strict=True):
        for wanted in (claimed, BASIC):
            running = [row[2:] for row in lines if row[:2] == (code, wanted) and row[2] <= on <= row[3]]
            if running:
                assert lines[line] == (code, wanted, *max(running))
                break
        else:
            assert line == -1
