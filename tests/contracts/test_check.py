"""`contracts check` finds nothing in the repository, and each kind of break where one is laid into a copy."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs import contracts
from jobs.commands import contracts as command
from jobs.contracts import check
from tests.builders.schemas import copied_schemas, forget

Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(tmp_path: Path) -> Iterator[Edit]:
    """Replaces a text in one file of a copy of `schemas/`, which every check then reads."""
    with copied_schemas(tmp_path) as copy:

        def replace(name: str, old: str, new: str) -> None:
            text = (copy / name).read_text(encoding="utf-8")
            assert old in text, f"{name} does not hold {old!r} any more"
            (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
            forget()

        yield replace


def findings() -> str:
    return "\n".join(str(finding) for finding in check.check())


def test_the_repositorys_contracts_fit_together() -> None:
    assert findings() == ""


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("gold/alert.yml", "disclosure: internal", "disclosure: secret", "schemas/gold/alert.yml: cannot be read"),
        ("gold/alert.yml", "written_by: alert", "written_by: alerts", "schemas/gold/alert.yml: cannot be read"),
        ("gold/lot.yml", "domain: low_price", "domain: low_prices", "the domain 'low_prices' has no detectors"),
        ("gold/alert.yml", "key: [night,", "key: [evening,", "key names 'evening'"),
        ("gold/alert.yml", "partition: [night]", "partition: [nite]", "partition names 'nite'"),
        ("gold/alert.yml", "fields: >\n  alert_id", "fields: >\n  alert_idd", "does not define 'alert_idd'"),
        ("gold/alert.yml", "fields: >\n  alert_id night", "fields: >\n  alert_id? night", "'alert_id' may be empty"),
        ("gold/alert.yml", " rank selection", " rank rank selection", "'rank' stands twice"),
        (
            "fields.yml",
            "# -- trade",
            'nowhere: {type: int, ko: 가, en: X, def: "X"}\n',
            "no table has the field 'nowhere'",
        ),
        ("fields.yml", "codes: flow", "codes: flows", "has no list 'flows'"),
        ("fields.yml", "type: date, ko: 기준일", "type: day, ko: 기준일", "night: unknown type"),
        ("codes/lists.yml", "I: {ko: 수입, en: Imports}", "I: {ko: 수입}", "flow.I has no label in en"),
        ("codes/lists.yml", "severity:", "other: {a: {ko: 가, en: A}}\nseverity:", "no field uses the list 'other'"),
        ("codes/standard_product.yml", "commodity: onion,", "", "no commodity is named for onion_fresh"),
        (
            "codes/standard_product.yml",
            "commodity: onion,",
            "commodity: onoin,",
            "no product of the commodity 'onoin' begins",
        ),
        ("silver/trade_month.yml", "mass_zero: keep", "mass_odd: keep", "no sentence flag.mass_odd"),
        ("silver/trade_month.yml", "codes: [flow,", "codes: [value_usd,", "'value_usd', which has no code list"),
        (
            "silver/trade_month.yml",
            "period_start.trade known_at",
            "period_start.trade",
            "bitemporal table has known_at",
        ),
        ("landing/gscpi.yml", "feeds: silver.", "feeds: silver.no_", "which is no silver table"),
        ("landing/gscpi.yml", "key: [date]", "key: [day]", "key names 'day'"),
        ("detectors/supply_chain/SC-PRICE.yml", "family: price", "family: prize", "family 'prize' is not in"),
        ("messages/en/common.yml", "{tables} tables", "{table} tables", "'contracts.sound' takes other parameters"),
        ("messages/ko/common.yml", "flag.mass_zero:", "flag.mass_nil:", "ko/common.yml: no sentence 'flag.mass_zero'"),
        ("messages/ko/low_price.yml", "alert.drawn:", "alert.lots:", "ko/low_price.yml: no sentence 'alert.drawn'"),
        ("messages/ko/low_price.yml", "alert.drawn:", "alert.drop:", "messages/ko: in more than one file: alert.drop"),
        ("messages/en/common.yml", "raise.and:", "raise.or:", "key stands twice: raise.or"),
    ],
)
def test_a_break_is_found_and_named(edit: Edit, name: str, old: str, new: str, says: str) -> None:
    edit(name, old, new)
    assert says in findings()


def test_a_delivered_file_without_a_bronze_table_is_found(edit: Edit) -> None:
    (contracts.SCHEMAS / "bronze" / "gscpi.yml").unlink()
    assert "schemas/bronze/gscpi.yml is missing" in findings()


def test_the_command_ends_with_3_and_names_what_it_found(edit: Edit, caplog: pytest.LogCaptureFixture) -> None:
    edit("gold/alert.yml", "partition: [night]", "partition: [nite]")
    assert command.run(argparse.Namespace(action="check", lang="en")) == 3
    assert "partition names 'nite'" in caplog.text


def test_the_command_exports_where_it_is_told(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["export", "--out", str(tmp_path)])) == 0
    assert (tmp_path / "gold" / "alert.odcs.yaml").exists()
