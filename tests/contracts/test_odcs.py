"""The exported contracts are valid Open Data Contract Standard files and say what ours say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from jobs import contracts
from jobs.contracts.model import Table
from jobs.contracts.odcs import export, odcs

pytestmark = pytest.mark.slow

TABLES = contracts.tables()
SCHEMA = json.loads(OpenDataContractStandard.json_schema())


def properties_of(name: str) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in odcs(contracts.table(name))["schema"][0]["properties"]}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_keeps_the_json_schema_of_the_standard(table: Table) -> None:
    jsonschema.Draft201909Validator(SCHEMA).validate(odcs(table))


def test_the_json_schema_refuses_what_the_standard_does_not_know() -> None:
    body = odcs(TABLES[0]) | {"invented": 1}
    assert not jsonschema.Draft201909Validator(SCHEMA).is_valid(body)


def test_export_writes_a_file_for_every_table_that_the_reference_model_reads(tmp_path: Path) -> None:
    written = export(tmp_path)
    for path, table in zip(written, contracts.tables(), strict=True):
        read = OpenDataContractStandard.from_file(str(path))
        assert read.schema_ is not None
        assert [column.name for column in read.schema_[0].properties or []] == table.column_names


def test_keys_and_partitions_keep_their_order() -> None:
    columns = properties_of("gold.alert")
    assert (columns["night"]["primaryKeyPosition"], columns["alert_id"]["primaryKeyPosition"]) == (1, 2)
    assert columns["night"]["partitioned"]
    assert "primaryKey" not in columns["level"]


def test_nested_types_are_spelt_out() -> None:
    evidence = properties_of("gold.signal")["evidence"]
    members = {member["name"]: member["logicalType"] for member in evidence["items"]["properties"]}
    assert members == {
        "code": "string",
        "value": "number",
        "text": "string",
        "unit": "string",
        "table": "string",
        "record_ids": "array",
    }
    assert properties_of("ops.run")["counts"]["map"]["value"] == {"logicalType": "integer"}


def test_a_code_list_brings_its_labels_in_both_languages() -> None:
    levels = {value["value"]: value for value in properties_of("gold.alert")["level"]["enum"]}
    assert levels[5]["label"] == "Severe"
    assert levels[5]["customProperties"] == [{"property": "labelKo", "value": "심각"}]


def test_a_bronze_table_says_when_its_source_is_due_and_under_which_terms() -> None:
    body = odcs(contracts.table("bronze.kcs_trade_country"))
    assert {sla["property"]: sla["value"] for sla in body["slaProperties"]} == {"latency": 1, "freshness": 80}
    assert {"property": "publisher", "value": "Korea Customs Service"} in body["customProperties"]


def test_row_rules_become_quality_rules_with_a_sentence() -> None:
    rules = {rule["name"]: rule for rule in odcs(contracts.table("silver.trade_month"))["schema"][0]["quality"]}
    assert rules["negative_mass"]["severity"] == "warning"
    assert rules["negative_mass"]["description"] == "A mass is below zero."
    assert rules["key"]["arguments"]["properties"][-1] == "known_at"


def test_the_written_yaml_is_readable_korean(tmp_path: Path) -> None:
    export(tmp_path)
    text = (tmp_path / "gold" / "alert.odcs.yaml").read_text(encoding="utf-8")
    assert "심각" in text
    assert yaml.safe_load(text)["kind"] == "DataContract"
