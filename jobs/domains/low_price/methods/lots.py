"""Declared lots as arrays: the common shape of everything that assesses a declaration's price.

One lot is one item line of one import declaration. Codes are small integers that the caller numbers from the
text of a night's declarations; equal numbers mean equal texts, and -1 means not stated. What is not stated
matches nothing: an unknown grade is not an identical grade.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from jobs.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Lots:
    """N lots; every array has shape (N,).

    Attributes:
        product: standard product (HSK10 and standard name together).
        specification: state, grade, packaging and crop year together, within the product.
        state: fresh, dried, frozen ...; the part of the specification that no comparison may cross.
        origin, region: country of origin, and the wider region it lies in.
        trade_level: wholesale, processing, retail ...
        importer, exporter: firms.
        importer_group: connected component of related firms; two firms are related where it is equal.
        exporter_group: likewise for exporters.
        shipped: day of shipment, in days since 1970-01-01.
        declared: day of declaration, same unit.
        price: CIF customs value in USD per kg of net mass.
        freight: freight and insurance contained in it, USD per kg; NaN where not stated.
        net_mass_kg: net mass.
        is_accepted: the declared value stood when it was looked at: accepted, not amended.
        is_examined: a person or a laboratory examined the value; automatic release is not an examination.
        is_disputed: under amendment, appeal or investigation; never a comparable.
    """

    product: IntArray
    specification: IntArray
    state: IntArray
    origin: IntArray
    region: IntArray
    trade_level: IntArray
    importer: IntArray
    exporter: IntArray
    importer_group: IntArray
    exporter_group: IntArray
    shipped: IntArray
    declared: IntArray
    price: FloatArray
    freight: FloatArray
    net_mass_kg: FloatArray
    is_accepted: BoolArray
    is_examined: BoolArray
    is_disputed: BoolArray

    def __len__(self) -> int:
        return len(self.price)

    def take(self, rows: IntArray | BoolArray) -> Lots:
        """The chosen lots, in the order of `rows`."""
        return Lots(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})
