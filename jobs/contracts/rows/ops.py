"""Rows of ops as they are read, and the parts of them that are made.

Written by `python -m jobs contracts rows`; the contracts are the place to edit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict


class DeliveryRow(TypedDict):
    """One row is what an ingest made of one file of the landing folder; a change of state is a new row."""

    source: str
    source_file: str
    size_bytes: int | None
    modified_at: datetime | None
    file_sha256: str | None
    delivery_id: str | None
    arrived_on: date | None
    stated_scope: str | None
    delivery_state: str
    reason_code: str | None
    reason_params: dict[str, str] | None
    ingested_at: datetime
    run_id: str


class PartialDeliveryRow(TypedDict, total=False):
    """Some columns of ops.delivery."""

    source: str
    source_file: str
    size_bytes: int | None
    modified_at: datetime | None
    file_sha256: str | None
    delivery_id: str | None
    arrived_on: date | None
    stated_scope: str | None
    delivery_state: str
    reason_code: str | None
    reason_params: dict[str, str] | None
    ingested_at: datetime
    run_id: str


class LeakAuditRow(TypedDict):
    """One row is one leak audit of one labelled table."""

    run_id: str
    table_name: str
    target_name: str
    is_clean: bool
    reason_codes: list[str]
    message_ko: str
    message_en: str
    sample_n: int
    test_count: int
    finished_at: datetime


class PartialLeakAuditRow(TypedDict, total=False):
    """Some columns of ops.leak_audit."""

    run_id: str
    table_name: str
    target_name: str
    is_clean: bool
    reason_codes: list[str]
    message_ko: str
    message_en: str
    sample_n: int
    test_count: int
    finished_at: datetime


class LoadRow(TypedDict):
    """One row is how one file's records ended: in = out + unchanged + quarantined + rejected."""

    source: str
    delivery_id: str
    source_file: str
    file_sha256: str
    arrived_on: date
    records_in: int
    records_out: int
    records_unchanged: int
    records_quarantined: int
    records_rejected: int
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class PartialLoadRow(TypedDict, total=False):
    """Some columns of ops.load."""

    source: str
    delivery_id: str
    source_file: str
    file_sha256: str
    arrived_on: date
    records_in: int
    records_out: int
    records_unchanged: int
    records_quarantined: int
    records_rejected: int
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class QualityResultRow(TypedDict):
    """One row is the result of one expectation on one table on one night."""

    run_id: str
    night: date
    table_name: str
    expectation: str
    column_name: str
    severity: str
    is_success: bool
    observed_text: str
    expected_text: str
    finished_at: datetime


class PartialQualityResultRow(TypedDict, total=False):
    """Some columns of ops.quality_result."""

    run_id: str
    night: date
    table_name: str
    expectation: str
    column_name: str
    severity: str
    is_success: bool
    observed_text: str
    expected_text: str
    finished_at: datetime


class QuarantineRow(TypedDict):
    """One row is one physical record set aside with its reasons."""

    source: str
    table_name: str
    delivery_id: str
    source_file: str
    source_row: int
    file_sha256: str
    record_id: str
    reason_codes: list[str]
    payload: dict[str, str]
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class PartialQuarantineRow(TypedDict, total=False):
    """Some columns of ops.quarantine."""

    source: str
    table_name: str
    delivery_id: str
    source_file: str
    source_row: int
    file_sha256: str
    record_id: str
    reason_codes: list[str]
    payload: dict[str, str]
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class RejectedRow(TypedDict):
    """One row is one physical record, or file, that could not be read."""

    source: str
    delivery_id: str
    source_file: str
    source_row: int
    file_sha256: str
    record_id: str
    reason_code: str
    raw_record: str | None
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class PartialRejectedRow(TypedDict, total=False):
    """Some columns of ops.rejected."""

    source: str
    delivery_id: str
    source_file: str
    source_row: int
    file_sha256: str
    record_id: str
    reason_code: str
    raw_record: str | None
    ingested_at: datetime
    recorded_at: datetime
    run_id: str


class RunRow(TypedDict):
    """One row is one run of one task."""

    run_id: str
    night: date | None
    task: str
    status: str
    started_at: datetime
    finished_at: datetime
    message_ko: str
    message_en: str
    test_count: int
    counts: dict[str, int]
    table_versions: dict[str, int]
    rules_version: str
    code_version: str


class PartialRunRow(TypedDict, total=False):
    """Some columns of ops.run."""

    run_id: str
    night: date | None
    task: str
    status: str
    started_at: datetime
    finished_at: datetime
    message_ko: str
    message_en: str
    test_count: int
    counts: dict[str, int]
    table_versions: dict[str, int]
    rules_version: str
    code_version: str


class WithdrawalRow(TypedDict):
    """One row is one delivery or record that somebody took back, when and why."""

    source: str
    delivery_id: str
    record_id: str | None
    source_file: str
    reason: str
    actor: str
    row_count: int
    recorded_at: datetime
    run_id: str


class PartialWithdrawalRow(TypedDict, total=False):
    """Some columns of ops.withdrawal."""

    source: str
    delivery_id: str
    record_id: str | None
    source_file: str
    reason: str
    actor: str
    row_count: int
    recorded_at: datetime
    run_id: str
