"""Columns of Arrow tables as the arrays that methods take, and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.contracts.codes import commodity

DIGITS = 9  # significant ones that gold keeps of a float
LEAST = 1e-200  # weights of a mixture fade to where their own scale would overflow


def number_texts(*columns: pa.Array | pa.ChunkedArray) -> list[IntArray]:
    """Numbers of the texts of several columns together in alphabetical order, -1 for null.

    So the order of two goods is the same whatever others are numbered with them.
    """
    whole = pa.chunked_array([c for each in columns for c in as_chunks(each)], pa.string()).combine_chunks()
    encoded = whole.dictionary_encode()
    place = np.empty(len(encoded.dictionary) + 1, dtype=np.int64)
    place[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    place[-1] = -1
    numbers = place[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]
    return np.split(numbers, np.cumsum([len(each) for each in columns])[:-1])


def as_chunks(column: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def join_texts(table: pa.Table, *names: str) -> pa.Array:
    """One text a row of several columns, null where any of them is not stated."""
    return pc.binary_join_element_wise(*[table[name].cast(pa.string()) for name in names], "|")


def commodities(products: pa.ChunkedArray) -> pa.ChunkedArray:
    """The commodity of each standard product: all codes that one good may be declared under."""
    listed = products.unique()
    names = pa.array([commodity(code) for code in listed.to_pylist()], pa.string())
    return pa.chunked_array([names]).take(pc.index_in(products, listed))


def days(column: pa.ChunkedArray) -> IntArray:
    """Days since 1970-01-01, -1 where not stated."""
    return np.asarray(pc.fill_null(column.cast(pa.int32()), -1).to_numpy(), dtype=np.int64)


def figures(column: pa.ChunkedArray) -> FloatArray:
    """Numbers, NaN where not stated."""
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=float)


def flags(column: pa.ChunkedArray) -> BoolArray:
    """Flags, false where not stated."""
    return np.asarray(pc.fill_null(column, False).to_numpy(), dtype=bool)


def named(table: pa.Table) -> pa.Table:
    """The table with empty text for the parts of a specification that goods may not have."""
    for name in ("grade", "packaging"):
        table = table.set_column(table.schema.get_field_index(name), name, pc.fill_null(table[name], ""))
    year = pc.fill_null(table["crop_year"].cast(pa.string()), "")
    return table.set_column(table.schema.get_field_index("crop_year"), "crop_year", year)


def rounded(values: FloatArray) -> FloatArray:
    """The numbers to nine significant digits, as gold keeps them; what is smaller than LEAST is nothing."""
    is_sound = np.isfinite(values) & (np.abs(values) >= LEAST)
    sound = np.where(is_sound, values, 1.0)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(sound))))
    return np.where(is_sound, np.rint(sound * scale) / scale, np.where(np.isfinite(values), 0.0, values))


def significant(values: FloatArray) -> pa.Array:
    """The numbers to nine significant digits, null where not finite."""
    return pa.array(rounded(values), mask=~np.isfinite(values))


def dates(day: IntArray) -> pa.Array:
    """Days since 1970-01-01 as dates, null where negative."""
    return pa.array(day.astype(np.int32), mask=day < 0).cast(pa.date32())


def won(values: FloatArray) -> pa.Array:
    """Whole won, null where not known."""
    known = np.isfinite(values)
    return pa.array(np.rint(np.where(known, values, 0)).astype(np.int64), mask=~known).cast(pa.decimal128(20, 0))


def code_lists(holds: dict[str, BoolArray], size: int) -> pa.ListArray:
    """For each row the codes that hold for it, in the order given."""
    codes = np.array(list(holds), dtype=object)
    matrix = np.stack([np.zeros(size, dtype=bool), *holds.values()], axis=1)[:, 1:]
    offsets = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(codes[np.nonzero(matrix)[1]], pa.string()))
