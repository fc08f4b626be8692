"""The generated declarations: balanced schemes, exact spreads, look-alikes, and figures that agree with one another."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from numpy.testing import assert_allclose
from pandas import DataFrame

from jobs.contracts import SCHEMAS, read_yaml
from jobs.sample.low_price import DeclarationWorld, make_declarations
from jobs.sample.low_price.exchange import CURRENCIES, customs_rates
from jobs.sample.low_price.parameters import CUTS, LOG_SD
from jobs.sample.low_price.products import all_products
from jobs.sample.low_price.schemes import COPY, SCHEMES

LOTS = 24_000


@pytest.fixture(scope="module")
def world() -> DeclarationWorld:
    return make_declarations(seed=7, lots=LOTS, months=12)


@pytest.fixture(scope="module")
def rows(world: DeclarationWorld) -> DataFrame:
    """What is declared of each lot, and beside it the truth."""
    stated = world.declarations().to_pandas()
    truth = world.truth().to_pandas().drop(columns=["declaration_id", "line_no"])
    stated["price"] = stated["customs_value_usd"] / stated["net_mass_kg"]
    return stated.join(truth)


def test_the_code_list_and_the_generator_name_the_same_118_products() -> None:
    products = all_products()
    assert len({p.code for p in products}) == len({p.hs10 for p in products}) == 118
    assert all(len(p.hs10) == 10 and p.hs10.isdigit() and p.origins for p in products)
    assert {p.neighbour for p in products} - {""} <= {p.code for p in products}


def test_dried_garlic_is_charged_360_percent_or_1800_won_a_kg() -> None:
    garlic = next(p for p in all_products() if p.code == "garlic_dried")
    assert (garlic.basic_pct, garlic.specific_krw_per_kg, garlic.is_vat_exempt) == (360, 1800, True)


def test_the_same_seed_gives_the_same_world(world: DeclarationWorld) -> None:
    again = make_declarations(seed=7, lots=LOTS, months=12)
    for table in ("declarations", "truth", "inspection_results"):
        assert getattr(again, table)().equals(getattr(world, table)())
    assert again.price_reference.equals(world.price_reference)
    other = make_declarations(seed=8, lots=LOTS, months=12)
    assert not other.declarations().equals(world.declarations())


def test_a_part_of_a_world_reads_as_in_the_whole(world: DeclarationWorld) -> None:
    some = np.array([5, 900, 17_000])
    assert world.declarations(some).equals(world.declarations().take(some).combine_chunks())


@pytest.mark.parametrize(("seed", "lots", "prevalence"), [(1, 800, 0.03), (2, 3000, 0.05), (1003, 20_000, 0.02)])
def test_schemes_and_cuts_come_in_equal_numbers(seed: int, lots: int, prevalence: float) -> None:
    cases = make_declarations(seed, lots, months=3, prevalence=prevalence).cases
    number = np.bincount(cases.scheme[cases.is_case] * len(CUTS) + cases.cut[cases.is_case])
    assert number.sum() == round(prevalence * lots)
    assert len(number) == len(SCHEMES) * len(CUTS)
    assert np.ptp(number) <= 1


def test_three_look_alikes_for_every_case_at_two_to_nine_tenths(world: DeclarationWorld) -> None:
    alike = world.look_alikes
    number = np.bincount(alike.kind[alike.kind >= 0], minlength=6)
    assert number.sum() == 3 * world.cases.is_case.sum()
    assert number.min() > 0.8 * number.mean()
    assert not (world.cases.is_case & (alike.kind >= 0)).any()
    ratio = alike.ratio[alike.kind >= 0]
    assert ratio.min() >= 0.2
    assert ratio.max() <= 0.9
    assert np.quantile(ratio, 0.25) < 0.42 < 0.62 < np.quantile(ratio, 0.75)


def test_look_alikes_are_declared_at_the_ratio_the_truth_states(rows: DataFrame) -> None:
    planted = rows[rows["is_lookalike"] & (rows["lookalike_kind"] != "market_fall")]
    ratio = planted["price"] / planted["reference_usd_per_kg"]
    assert_allclose(ratio, planted["lookalike_ratio"], rtol=0.03)


def test_a_market_fall_lowers_the_reference_itself(world: DeclarationWorld, rows: DataFrame) -> None:
    fallen = rows[rows["lookalike_kind"] == "market_fall"]
    assert np.median(fallen["price"] / fallen["reference_usd_per_kg"]) == pytest.approx(1.0, abs=0.05)
    at = fallen.index.to_numpy()
    market = world.trades.market[world.lots.trade[at]]
    before = world.prices.cif(market, world.lots.shipped[at] - 40, world.lots.factor[at])
    assert np.median(fallen["reference_usd_per_kg"] / before / fallen["lookalike_ratio"]) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("difficulty", LOG_SD)
def test_honest_prices_spread_around_the_reference_as_the_difficulty_says(difficulty: str) -> None:
    world = make_declarations(seed=3, lots=LOTS, months=12, difficulty=difficulty)
    honest = ~world.cases.is_case & (world.look_alikes.kind < 0)
    given = world.declared
    log_ratio = np.log(given.value_usd / given.net_mass / given.reference)[honest]
    assert log_ratio.std() == pytest.approx(LOG_SD[difficulty], rel=0.06)
    assert log_ratio.mean() == pytest.approx(0.0, abs=0.02)


def test_the_value_declared_for_what_arrived_is_short_by_the_cut(rows: DataFrame) -> None:
    cheated = rows[rows["is_true_case"]]
    left = cheated["customs_value_usd"] / cheated["true_net_mass_kg"] / cheated["true_price_usd_per_kg"]
    assert_allclose(left, 1 - cheated["cut"], rtol=0.03)


def test_customs_value_is_the_invoice_and_what_its_terms_leave_out(rows: DataFrame) -> None:
    day = rows["declared_at"].str[:10].to_numpy().astype("datetime64[D]").astype(np.int64)
    rate = customs_rates(rows["invoice_currency"].map(CURRENCIES.index).to_numpy(), day)
    left_out = rows["freight_krw"].fillna(0) + rows["insurance_krw"].fillna(0)
    assert_allclose(rows["customs_value_krw"], rows["invoice_amount"] * rate + left_out, atol=1.0, rtol=0)
    dollar = customs_rates(np.zeros(len(day), int), day)
    assert_allclose(rows["customs_value_usd"], rows["customs_value_krw"] / dollar, atol=0.01, rtol=0)
    assert rows.loc[rows["incoterm"] == "CIF", ["freight_krw", "insurance_krw"]].isna().all(axis=None)
    assert rows.loc[rows["incoterm"].isin(["FOB", "EXW"]), ["freight_krw", "insurance_krw"]].notna().all(axis=None)


def test_honest_masses_fill_whole_packages_and_containers(world: DeclarationWorld, rows: DataFrame) -> None:
    package_kg = world.catalogue.column("package_kg")[world.declared.product]
    honest = (rows["scheme"] != "weight").to_numpy()
    assert_allclose(rows["net_mass_kg"][honest], (rows["package_count"] * package_kg)[honest])
    assert (rows["gross_mass_kg"] > rows["net_mass_kg"]).all()
    by_sea = rows[rows["transport_mode"] == "sea"]
    boxes = by_sea["container_numbers"].str.count(";") + 1
    assert (by_sea["true_net_mass_kg"] / boxes).max() < 27_000
    assert (rows.loc[rows["transport_mode"] == "air", "container_numbers"] == "").all()


def test_container_numbers_carry_their_check_digit(rows: DataFrame) -> None:
    number = rows.loc[rows["transport_mode"] == "sea", "container_numbers"].iloc[0].split(";")[0]
    values = [int(sign) if sign.isdigit() else ord(sign) - 55 + (ord(sign) - 56) // 10 for sign in number[:10]]
    assert sum(value * 2**place for place, value in enumerate(values)) % 11 % 10 == int(number[10])


def test_understated_weight_leaves_the_unit_price_and_too_many_packages(rows: DataFrame) -> None:
    light = rows[rows["scheme"] == "weight"]
    assert_allclose(light["net_mass_kg"] / light["true_net_mass_kg"], 1 - light["cut"], rtol=0.01)
    assert_allclose(light["price"], light["true_price_usd_per_kg"], rtol=0.03)
    usual = (
        rows.groupby("standard_name_code")["net_mass_kg"].sum()
        / rows.groupby("standard_name_code")["package_count"].sum()
    )
    assert (light["net_mass_kg"] / light["package_count"] < usual[light["standard_name_code"]].to_numpy()).all()


def test_hugging_lots_stand_just_above_the_security_price_in_force(world: DeclarationWorld, rows: DataFrame) -> None:
    security = world.price_reference.filter(pc.field("reference_source") == "security").to_pandas()
    security["month"] = security["period_start"].astype(str).str[:7]
    hugging = rows[rows["scheme"] == "hug"].assign(month=lambda t: t["declared_at"].str[:7])
    both = hugging.merge(security, on=["standard_name_code", "origin_country", "month"], suffixes=("", "_published"))
    assert len(both) == len(hugging)
    above = both["customs_value_krw"] / both["net_mass_kg"] / both["price_published"]
    assert above.between(1.0, 1.031).all()


def test_no_scheme_gives_itself_away_by_the_digits_of_its_price(rows: DataFrame) -> None:
    unit = rows["invoice_amount"] / rows["net_mass_kg"]
    scale = 10.0 ** (2 - np.floor(np.log10(unit)))
    is_round = (unit * scale - np.rint(unit * scale)).abs() < 0.02
    by_scheme = is_round.groupby(rows["scheme"]).mean()
    assert (by_scheme > 0.9).all()


def test_switched_lots_are_declared_as_a_neighbour_of_lower_duty(rows: DataFrame) -> None:
    known = {p.code: p for p in all_products()}
    switched = rows[rows["scheme"] == "switch"]
    for true, stated in zip(switched["true_standard_name_code"], switched["standard_name_code"], strict=True):
        assert known[true].neighbour == stated
        assert known[stated].basic_pct < known[true].basic_pct
        assert known[stated].is_graded or set(switched.loc[switched["standard_name_code"] == stated, "grade"]) == {""}
    others = rows[rows["scheme"] != "switch"]
    assert (others["true_standard_name_code"] == others["standard_name_code"]).all()


def test_copied_prices_are_equal_to_the_cent_across_importers(world: DeclarationWorld, rows: DataFrame) -> None:
    copied = rows[world.cases.of(COPY)].assign(ring=world.cases.ring[world.cases.of(COPY)])
    copied["unit"] = (copied["invoice_amount"] / copied["net_mass_kg"]).round(4)
    month = copied["declared_at"].str[:7]
    assert (copied.groupby(["ring", month])["unit"].nunique() == 1).all()
    assert (copied.groupby("ring")["importer_id"].nunique() >= 2).mean() > 0.5


def test_development_seeds_have_no_held_out_variant() -> None:
    for seed, switch, expected in ((999, None, 0.0), (1000, None, 0.5), (5, True, 0.5), (1000, False, 0.0)):
        cases = make_declarations(seed, 20_000, months=6, reserved=switch).cases
        assert cases.is_reserved[cases.is_case].mean() == pytest.approx(expected, abs=0.2)
        reserved = {int(s) for s in cases.scheme[cases.is_reserved]}
        assert reserved == (set(range(len(SCHEMES))) if expected else set())


def test_what_attracts_evasion_moves_over_the_years() -> None:
    world = make_declarations(seed=5, lots=60_000, months=60)
    product = world.catalogue.product[world.trades.market[world.lots.trade]]
    year = np.clip((world.lots.declared - world.calendar.first) // 365, 0, 4)
    shape = (5, len(world.catalogue.products))
    cases, lots = np.zeros(shape), np.zeros(shape)
    np.add.at(cases, (year, product), world.cases.is_case)
    np.add.at(lots, (year, product), 1)
    likeness = np.corrcoef(cases / lots)
    assert likeness[0, 2] + likeness[1, 3] < likeness[0, 1] + likeness[1, 2] - 0.3


def test_inspections_state_the_chance_they_had(world: DeclarationWorld) -> None:
    made = world.inspections
    expected, spread = made.propensity.sum(), np.sqrt((made.propensity * (1 - made.propensity)).sum())
    assert made.is_inspected.sum() == pytest.approx(expected, abs=4 * spread)
    assert 0.03 < made.is_inspected.mean() < 0.05
    rate = world.cases.is_case[made.is_inspected].mean()
    assert rate > 1.3 * world.cases.is_case.mean()


def test_a_finding_never_accuses_an_honest_lot(world: DeclarationWorld, rows: DataFrame) -> None:
    key = ["declaration_id", "line_no"]
    result = world.inspection_results().to_pandas().merge(rows, on=key)
    accused = result["finding"].isin(["undervalued", "misdescribed", "weight_understated"])
    assert result.loc[accused, "is_true_case"].all()
    assert result.loc[result["is_true_case"], "finding"].eq("no_finding").mean() == pytest.approx(0.15, abs=0.12)
    corrected = result[accused]
    true_value = corrected["true_price_usd_per_kg"] * corrected["true_net_mass_kg"]
    raised = corrected["corrected_customs_value_krw"] / corrected["customs_value_krw"]
    assert_allclose(raised, true_value / corrected["customs_value_usd"], rtol=0.001)


def test_every_lot_is_told_apart_by_declaration_and_line(rows: DataFrame) -> None:
    assert not rows.duplicated(["declaration_id", "line_no"]).any()
    assert (rows["line_no"] > 1).any()
    assert rows["declared_at"].is_monotonic_increasing


def test_world_names_only_codes_of_the_lists(rows: DataFrame) -> None:
    listed = read_yaml(SCHEMAS / "codes" / "standard_product.yml")
    for code, state, hs10 in rows[["standard_name_code", "product_state", "hs10_code"]].drop_duplicates().to_numpy():
        assert state in listed[code]["states"]
        assert hs10 == listed[code]["hs10"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"difficulty": "impossible"}, "impossible"),
        ({"lots": 10}, "at least 800"),
        ({"prevalence": 0.5}, "prevalence"),
        ({"days": 0}, "one day"),
        ({"seed": -1}, "negative"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(wrong: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make_declarations(**{"seed": 1, "lots": 1000, **wrong})
