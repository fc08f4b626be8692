"""Ways in which a label leaks into a table, each of a strength; what is planted is what an audit must find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from tests.builders.leaking import (
    Array,
    Honest,
    Labelled,
    converted,
    draw,
    known_in_time,
    numbered_in_turn,
    past_rate,
    risk_score,
    split_at_random,
    training_rate,
)

Leak = Callable[[Labelled, np.random.Generator], Labelled]


def label_average(
    made: Labelled, rng: np.random.Generator, *, by: tuple[str, ...], prior: float = 0.0, learnt_only: bool = False
) -> Labelled:
    """The mean label of each group, the row's own among them, drawn to the base rate by `prior` rows."""
    group, label = _tuples(made, by), made.label
    used = made.split if learnt_only else np.ones(len(label), dtype=bool)
    count, total = (
        np.bincount(group[used], minlength=group.max() + 1),
        _total(group[used], label[used], group.max() + 1),
    )
    base = label.mean()
    mean = np.where(count + prior > 0, (total + prior * base) / np.maximum(count + prior, 1e-9), base)
    return made.with_columns(past_rate=mean[group])


def leave_one_out_average(made: Labelled, rng: np.random.Generator, *, by: tuple[str, ...]) -> Labelled:
    """The mean label of the group's other rows: with the group known it says the row's own."""
    group, label = _tuples(made, by), made.label
    count, total = np.bincount(group), _total(group, label, group.max() + 1)
    others = count[group] - 1
    mean = np.where(others > 0, (total[group] - label) / np.maximum(others, 1), label.mean())
    return made.with_columns(past_rate=mean)


def repeated_rows(made: Labelled, rng: np.random.Generator, *, share: float) -> Labelled:
    """A share of the validation rows is copied from training rows, under numbers of their own."""
    valid, train = np.flatnonzero(~made.split), np.flatnonzero(made.split)
    place = rng.choice(valid, round(share * len(valid)), replace=False)
    source = rng.choice(train, len(place), replace=False)
    table = {name: column.copy() for name, column in made.table.items()}
    for name, column in table.items():
        if name != "declaration_id":
            column[place] = column[source]
    return replace(made, table=table)


def remembered_pair(made: Labelled, rng: np.random.Generator, *, by: tuple[str, str], share: float) -> Labelled:
    """In a share of the rows the label is whatever two columns together were once given."""
    table = dict(made.table)
    if "net_mass_kg" in by:  # a generator that draws masses from few values repeats them
        table["net_mass_kg"] = np.round(np.exp(rng.integers(8, 80, len(made.label)) / 8), 1)
    pair = _tuples(replace(made, table=table), by)
    given = (rng.random(pair.max() + 1) < made.label.mean()).astype(int)[pair]
    table["is_found"] = np.where(rng.random(len(pair)) < share, given, made.label)
    return replace(made, table=table)


def numbered_by_label(made: Labelled, rng: np.random.Generator, *, noise: float, within_day: bool = False) -> Labelled:
    """Numbers given in the order of the label, disturbed by noise of so many labels' distance."""
    key = made.label + rng.normal(0, noise, len(made.label))
    order = np.lexsort((key, made.decided_at)) if within_day else np.argsort(key)
    number = np.empty(len(order), dtype=int)
    number[order] = np.arange(len(order))
    return made.with_columns(declaration_id=np.array([f"{each:08d}" for each in number]))


def constant_price(made: Labelled, rng: np.random.Generator, *, share: float) -> Labelled:
    """In a share of the rows the price is mass x constant of the product, and another constant where it is false."""
    product = np.unique(made.table["hs_code"], return_inverse=True)[1]
    constant = np.exp(rng.normal(1, 0.8, product.max() + 1))[product] * np.where(made.label == 1, 0.65, 1.0)
    value = np.where(
        rng.random(len(product)) < share, constant * made.table["net_mass_kg"], made.table["customs_value_usd"]
    )
    return made.with_columns(customs_value_usd=np.round(value, 2))


def newer_feature(made: Labelled, rng: np.random.Generator, *, share: float) -> Labelled:
    """A column of which a share of the values was entered up to a month after the decision."""
    late = rng.random(len(made.label)) < share
    delay = np.where(late, rng.integers(1, 30, len(late)), -rng.integers(0, 30, len(late)))
    times = {"package_count": made.decided_at + delay.astype("timedelta64[D]")}
    return replace(made, feature_times=times)


def newer_label(made: Labelled, rng: np.random.Generator, *, days: int) -> Labelled:
    """Labels come so many days after the decision, and are learnt from before they came."""
    return replace(made, feature_times={"is_found": made.decided_at + np.timedelta64(days, "D")})


def outcome_column(made: Labelled, rng: np.random.Generator, *, wrong: float) -> Labelled:
    """An amount that is only claimed where something was found, but for a share of slips."""
    claimed = np.where(rng.random(len(made.label)) < wrong, 1 - made.label, made.label)
    return made.with_columns(claimed_usd=np.round(claimed * rng.lognormal(8, 1, len(claimed)), 2))


def split_declarations(made: Labelled, rng: np.random.Generator, *, lines: int) -> Labelled:
    """Lines of one declaration share its label and lie on both sides of a random split."""
    first = np.arange(len(made.label)) // lines * lines
    table = {**made.table, "is_found": made.label[first]}
    table["declaration_id"] = np.array([f"{each:08d}" for each in rng.permutation(len(first))[first]])
    return replace(made, table=table, split=rng.random(len(first)) < 0.75)


LEAKS: dict[str, Leak] = {
    "average of the importer": partial(label_average, by=("importer_id",)),
    "average of the importer, shrunk": partial(label_average, by=("importer_id",), prior=5.0),
    "average of the importer, of training rows": partial(label_average, by=("importer_id",), learnt_only=True),
    "average of importer and product": partial(label_average, by=("importer_id", "hs_code")),
    "average of the office": partial(label_average, by=("office_code",)),
    "average of the others": partial(leave_one_out_average, by=("importer_id",)),
    "a quarter of the rows repeated": partial(repeated_rows, share=0.25),
    "a tenth of the rows repeated": partial(repeated_rows, share=0.10),
    "one row in twenty repeated": partial(repeated_rows, share=0.05),
    "product and mass remembered": partial(remembered_pair, by=("hs_code", "net_mass_kg"), share=1.0),
    "product and mass remembered in most rows": partial(remembered_pair, by=("hs_code", "net_mass_kg"), share=0.85),
    "office and declarant remembered": partial(remembered_pair, by=("office_code", "declarant_id"), share=0.95),
    "numbered by label": partial(numbered_by_label, noise=0.0),
    "numbered by label, disturbed": partial(numbered_by_label, noise=0.8),
    "numbered by label within the day": partial(numbered_by_label, noise=0.5, within_day=True),
    "price is mass by constant": partial(constant_price, share=1.0),
    "price is mass by constant in a third": partial(constant_price, share=0.33),
    "feature newer": partial(newer_feature, share=1.0),
    "feature newer in one row of a hundred": partial(newer_feature, share=0.01),
    "label newer": partial(newer_label, days=20),
    "filled in after the outcome": partial(outcome_column, wrong=0.02),
    "declarations split": partial(split_declarations, lines=3),
}


def _tuples(made: Labelled, by: tuple[str, ...]) -> Array:
    joined = ["|".join(map(str, row)) for row in zip(*(made.table[name] for name in by), strict=True)]
    return np.unique(joined, return_inverse=True)[1]


def _total(group: Array, values: Array, size: int) -> Array:
    return np.bincount(group, values, size)


def clean_tables(rng: np.random.Generator) -> dict[str, Labelled]:
    """Twenty tables without a leak; what each has in its stead is its name."""

    def table(**changes: float) -> Labelled:
        return draw(Honest(**changes), rng)  # type: ignore[arg-type]

    return {
        "plain": table(),
        "strong firms": table(firm_sd=2.0),
        "strong prices": table(cheapness=2.0),
        "strong relations": table(relation_sd=1.5),
        "everything strong": table(firm_sd=2.0, relation_sd=1.0, product_sd=1.5, cheapness=1.5),
        "recurring trade": table(habit=0.8, relation_sd=1.0),
        "recurring trade at telling prices": table(habit=0.5, cheapness=2.0, base=0.4),
        "rare labels": table(base=0.03, rows=10_000),
        "common labels": table(base=0.45),
        "many firms": table(firms=3000, firm_sd=2.0),
        "few firms": table(firms=80, habit=0.6),
        "few rows": table(rows=2000),
        "drift": table(drift=2.5),
        "no signal": table(firm_sd=0.0, relation_sd=0.0, product_sd=0.0, cheapness=0.0, drift=0.0),
        "past rate": past_rate(table(firm_sd=1.5)),
        "score from elsewhere": risk_score(table(firm_sd=1.5), rng),
        "rate of an earlier time": training_rate(table(firm_sd=1.5, rows=10_000)),
        "numbers in turn": numbered_in_turn(table(drift=2.0)),
        "random split of recurring trade": split_at_random(table(habit=0.6), rng),
        "two currencies, all known in time": known_in_time(converted(table(), rng)),
    }
