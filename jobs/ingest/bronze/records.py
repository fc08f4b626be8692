"""Records of a delivered text file, every physical one accounted for, read strictly and without Spark.

A physical record is a line after the header that is not blank, or several where a cell holds line breaks, so one
damaged line harms itself alone. A file that cannot be decoded, or is empty, counts as one rejected record.

A file that was cut off ends inside a record. Many writers leave out the end of the last line, so its absence alone
proves nothing: such a record is rejected where it lacks fields or breaks off inside a character, and where the
contract says that the publisher ends every line. Elsewhere the row rules of silver assess its last field as they assess
any: a trade balance that is cut short no longer is exports less imports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from jobs.contracts.model import Landing
from jobs.ingest.bronze.lines import BROKEN_CHARACTER, LONGEST_RECORD, split_line, split_lines

KEPT_OF_RAW = 4096


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the records of one file are laid out.

    Attributes:
        delivered: the contract.
        columns: names in the header, all of the contract's among them.
        header: the line itself.
    """

    delivered: Landing
    columns: Sequence[str]
    header: str

    @cached_property
    def header_values(self) -> list[str] | None:
        return split_line(self.header.rstrip("\r\n"))

    @cached_property
    def own(self) -> dict[str, int]:
        """Place of each column of the contract."""
        return {column: place for place, column in enumerate(self.columns) if column in self.delivered.columns}

    @cached_property
    def extra(self) -> list[tuple[str, int]]:
        """Other columns and their places."""
        return [(column, place) for place, column in enumerate(self.columns) if column and column not in self.own]


def find_fault(layout: Layout, text: str, values: Sequence[str] | None) -> str | None:
    """Code of why a record can not be read; None where it can."""
    line = text.removesuffix("\n").removesuffix("\r")
    if len(line) > LONGEST_RECORD:
        return "record_too_long"
    if values is None:
        return "record_open_quote"
    if len(values) != len(layout.columns):
        return "record_wrong_fields"
    if values == layout.header_values:
        return "record_header"
    if not text.endswith("\n") and (layout.delivered.ends_every_line or line.endswith(BROKEN_CHARACTER)):
        return "record_unterminated"
    return None


def read_record(layout: Layout, lines: Sequence[str]) -> dict[str, object]:
    """Values of a record by column, or the code of why it could not be read.

    Args:
        layout: of its file.
        lines: one, or several where a cell holds line breaks; only the last of a file may lack its end.
    """
    text = "".join(lines)
    if len(lines) > 1:
        values: list[str] | None = split_lines(lines)
    elif len(text) > LONGEST_RECORD + len("\r\n"):
        values = None
    else:
        values = split_line(text.removesuffix("\n").removesuffix("\r"))
    reason = find_fault(layout, text, values)
    if reason or values is None:
        return {"reject_reason": reason, "raw_record": text.rstrip("\r\n")[:KEPT_OF_RAW]}
    record: dict[str, object] = {column: values[at].strip() for column, at in layout.own.items()}
    record["extra_columns"] = [(column, values[at].strip()) for column, at in layout.extra if values[at].strip()]
    return record
