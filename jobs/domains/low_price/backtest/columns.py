"""Columns of Arrow tables as arrays: texts as numbers, dates as days since 1970-01-01."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import IntArray


def number_texts(column: pa.ChunkedArray) -> IntArray:
    """The number of each text in the order of first sight; -1 where nothing is stated."""
    texts = pc.if_else(pc.equal(column, ""), None, column)
    codes = pc.dictionary_encode(pa.chunked_array([texts.combine_chunks()])).chunk(0)
    return pc.fill_null(codes.indices, -1).to_numpy().astype(np.int64)


def number_jointly(columns: Sequence[pa.ChunkedArray]) -> list[IntArray]:
    """The texts of several columns numbered alike."""
    whole = number_texts(pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string()))
    return np.split(whole, np.cumsum([len(column) for column in columns])[:-1])


def joined(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """Some columns as one text a row."""
    return pc.binary_join_element_wise(*(pc.fill_null(pc.cast(table[name], pa.string()), "") for name in names), "|")


def days(column: pa.ChunkedArray) -> IntArray:
    """Dates, or texts that begin with one, as days since 1970-01-01."""
    texts = pc.utf8_slice_codeunits(pc.cast(column, pa.string()), 0, 10)
    return pc.cast(pc.cast(texts, pa.date32()), pa.int32()).to_numpy().astype(np.int64)
