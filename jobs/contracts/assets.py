"""Tables as Airflow Assets: what a task lists as its outlets, and what other DAGs can be scheduled on."""

from __future__ import annotations

from airflow.sdk import Asset

from jobs import contracts


def asset(table_name: str) -> Asset:
    """The asset of one table.

    Its URI names the table, not where a lake lies, so that it is the same on every machine. Airflow checks and
    normalises only schemes that a provider registers (file, s3 ...); none registers `delta`.

    Raises:
        ContractError: there is no contract of that name.
    """
    contract = contracts.table(table_name)
    return Asset(
        name=table_name,
        uri=f"delta://lake/{table_name.replace('.', '/')}",
        group=contract.layer,
        extra={"title": contract.title.en, "row": contract.row.en, "disclosure": contract.disclosure},
    )


def written_by(task: str) -> list[Asset]:
    """What a task of the night leaves: the assets of the tables whose contracts name it."""
    return [asset(contract.name) for contract in contracts.tables() if contract.written_by == task]


def assets(layer: str) -> list[Asset]:
    """The assets of all tables of a layer, in the order of their names."""
    return [asset(contract.name) for contract in contracts.tables(layer)]
