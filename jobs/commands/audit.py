"""`python -m jobs audit leak FILE|TABLE --target COLUMN (--valid FILE | --since DATE)`: knowledge, or memory?"""

from __future__ import annotations

import argparse
import logging
import re
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.commands.exit_codes import LEAK, OK
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES, both, say
from jobs.paths import plain_path

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from jobs.stats.leak_audit.audit import Audit

SHOWN = 12  # findings; one leak shows in many pairs
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("kind", choices=("leak",))
    parser.add_argument("source", help="a CSV file, or a table of the lake such as silver.inspection_result")
    parser.add_argument("--target", required=True, metavar="COLUMN", help="the label, 0 or 1")
    split = parser.add_mutually_exclusive_group(required=True)
    split.add_argument("--valid", type=Path, metavar="FILE", help="CSV file of the validation rows")
    split.add_argument("--since", metavar="YYYY-MM-DD", help="validation rows are those decided from this day on")
    parser.add_argument("--decided", metavar="COLUMN", help="when the decision was taken; no feature")
    parser.add_argument(
        "--known", action="append", default=[], metavar="COLUMN=TIME", help="column that says when another became known"
    )
    for name, what in (
        ("without", "no feature of the model, left out"),
        ("identifier", "only numbers the rows"),
        ("code", "numbers that are codes"),
    ):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="COLUMN", help=what)
    parser.add_argument("--seed", type=int, default=1, help="of the permutations")
    parser.add_argument("--store", action="store_true", help="add the result to ops.leak_audit")
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def run(args: argparse.Namespace) -> int:
    """Audit and say what was found; 0 where the table is clean, 7 where no accuracy on it may be stored.

    Raises:
        LookupError: a file, table or column is missing, or the label is none.
    """
    import numpy as np

    from jobs.contracts import register
    from jobs.stats.leak_audit.audit import audit
    from jobs.stats.leak_audit.findings import AuditConfig

    rows, is_train = read_rows(args)
    times = dict(pair.partition("=")[::2] for pair in args.known)
    require(rows.column_names, [args.target, *filter(None, [args.decided]), *times, *times.values(), *args.without])
    decided = as_times(rows[args.decided]) if args.decided else None
    if args.since:
        is_train = decided < np.datetime64(args.since)  # type: ignore[operator]
    left_out = {args.decided, args.target, *times.values(), *args.without}
    features = {name: as_array(rows[name], name in args.code) for name in rows.column_names if name not in left_out}
    try:
        result = audit(
            {**features, args.target: as_label(rows[args.target])},
            args.target,
            split=is_train,
            rng=np.random.default_rng(args.seed),
            config=register.configure(AuditConfig, register.rule("common", "leak_audit").parameters),
            decided_at=decided,
            feature_times={name: as_times(rows[column]) for name, column in times.items()},
            identifiers=tuple(args.identifier),
        )
    except ValueError as error:
        raise LookupError(f"{args.source}: {error}") from error
    for sentence in sentences(result, args.lang):
        log.info("%s", sentence)
    if args.store:
        store(Path(args.source).name, args.target, result)
    return OK if result.is_clean else LEAK


# -- reading


def read_rows(args: argparse.Namespace) -> tuple[pa.Table, np.ndarray]:
    """All rows with the training rows first, and which those are; a single source counts as training so far."""
    import numpy as np
    import pyarrow as pa

    if args.since and not args.decided:
        raise LookupError(both("audit.since_needs_decided"))
    first = read_source(args.source)
    if not args.valid:
        return first, np.ones(first.num_rows, dtype=bool)
    second = read_source(str(args.valid))
    require(second.column_names, first.column_names)
    rows = pa.concat_tables([first, second.select(first.column_names)])
    return rows, np.arange(rows.num_rows) < first.num_rows


def read_source(source: str) -> pa.Table:
    """A CSV file as texts, or a table of the lake in its types: of one that keeps vintages the latest."""
    import duckdb

    from jobs import contracts, reading
    from jobs.lake.as_of import ask_known

    if Path(source).is_file():
        return duckdb.read_csv(plain_path(source), all_varchar=True).to_arrow_table()
    if not re.fullmatch(r"(bronze|silver|gold|ops)\.\w+", source) or reading.tables.open_table(source) is None:
        raise LookupError(both("audit.no_source", source=source))
    rows = reading.read(source)
    if not contracts.table(source).is_bitemporal:
        return rows
    return ask_known(lambda _: rows, "from seen", None, {"seen": source})


def require(present: Collection[str], wanted: Collection[str]) -> None:
    """Every wanted column is there."""
    if missing := sorted(set(wanted) - set(present)):
        raise LookupError(both("audit.no_column", missing=", ".join(missing), present=", ".join(present)))


def as_array(column: pa.ChunkedArray, is_code: bool) -> np.ndarray:
    """A feature: numbers where the type or every text says so, texts else; digits of one width are a code."""
    import numpy as np
    import pyarrow.types as types

    values = column.to_pylist()
    if not is_code and (
        types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type)
    ):
        return np.array([np.nan if value is None else float(value) for value in values])
    texts = ["" if value is None else str(value) for value in values]
    stated = [text for text in texts if text]
    is_width = len({len(text) for text in stated}) == 1 and all(map(str.isdigit, stated))
    if is_code or is_width or not stated or not all(map(NUMBER.fullmatch, stated)):
        return np.array(texts)
    return np.array([float(text) if text else np.nan for text in texts])


def as_times(column: pa.ChunkedArray) -> np.ndarray:
    """Times in seconds, days where no value has more; empty values are unknown."""
    import numpy as np

    texts = ["NaT" if not value else str(value).replace("Z", "").partition("+")[0] for value in column.to_pylist()]
    try:
        return np.array(
            texts, dtype="datetime64[s]" if any(len(text) > len("2020-01-01") for text in texts) else "datetime64[D]"
        )
    except ValueError as error:
        raise LookupError(both("audit.no_time", problem=error)) from error


def as_label(column: pa.ChunkedArray) -> np.ndarray:
    """The label as 0 and 1; what is neither becomes NaN, which the audit refuses."""
    import numpy as np

    words = {"0": 0.0, "1": 1.0, "false": 0.0, "true": 1.0}
    return np.array([words.get(str(value).lower().removesuffix(".0"), np.nan) for value in column.to_pylist()])


# -- telling


def sentences(result: Audit, lang: str) -> list[str]:
    """What an audit came to, in one language: the verdict, its findings, the notes."""
    counts: dict[str, object] = {
        "train": f"{result.train_rows:,}",
        "valid": f"{result.valid_rows:,}",
        "base": f"{result.base_rate:.2f}",
        "lookups": result.lookups,
        "count": len(result.findings),
    }
    shown = [say(each.code, lang, each.params) for each in result.findings[:SHOWN]]
    if len(result.findings) > SHOWN:
        shown.append(say("leak.more", lang, {"count": len(result.findings) - SHOWN}))
    verdict = "leak.clean" if result.is_clean else "leak.found"
    return [
        say(verdict, lang, {**counts, **largest(result)}),
        *shown,
        *(say(n.code, lang, n.params) for n in result.notes),
    ]


def largest(result: Audit) -> Mapping[str, object]:
    """The most significant look-up as parameters of a sentence."""
    first = result.largest[0]
    return {"gain": f"{first.gain:.2f}", "columns": " + ".join(first.cells.names), "p_value": f"{first.p_value:.3f}"}


def audit_row(table_name: str, target: str, result: Audit) -> dict[str, Any]:
    """The row of ops.leak_audit that stands beside an accuracy measured on the table."""
    return {
        "table_name": table_name,
        "target_name": target,
        "is_clean": result.is_clean,
        "reason_codes": sorted({each.code for each in result.findings}),
        **{f"message_{lang}": "\n".join(sentences(result, lang)) for lang in LANGUAGES},
        "sample_n": result.valid_rows,
        "test_count": result.lookups,
    }


def store(table_name: str, target: str, result: Audit) -> None:
    """Add the result to the lake."""
    from jobs.lake.delta import Lake
    from jobs.settings import settings

    row = {**audit_row(table_name, target, result), "finished_at": datetime.now(UTC)}
    Lake(None, settings().lake, uuid.uuid4().hex).append_rows("ops.leak_audit", [row])
