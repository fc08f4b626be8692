"""The four meanings of a month without a row - zero, missing, not asked, not published - from landing to the page."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboards.i18n import UNKNOWN
from dashboards.pages import make_page
from dashboards.view import read_view
from jobs.contracts.scope_file import ScopeFile
from jobs.domains.supply_chain.night import Facts, assess_facts, known_items
from jobs.ingest.freshness import freshness
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts
from jobs.settings import settings
from tests.builders.landing import ingest, write_file
from tests.builders.nights import pointing
from tests.builders.scopes import month
from tests.builders.trade import steady

CODES = ["800110", "090111", "282520", "760110", "740311", "260200"]
LANDS = ["ID", "MY", "PE", "BR"]
SOLE = ("810520", "CD")
pytestmark = pytest.mark.slow
HISTORY = 41  # months from January 2021
LAST = month(HISTORY, 2021)
KNOWN, NIGHT = date(2024, 6, 15), date(2024, 7, 20)
Imports = list[tuple[str, str, date, int]]  # code, country, month, kilograms


def imports(months: int) -> Imports:
    """Steady imports of every code from every country."""
    return [
        (code, land, month(place, 2021), round(kg))
        for c, code in enumerate(CODES)
        for p, land in enumerate(LANDS)
        for place, kg in enumerate(steady(60_000 / (p + 1), 10 * c + p, months))
    ]


def sole(months: int) -> Imports:
    """An item with one origin."""
    return [(*SOLE, month(place, 2021), round(kg)) for place, kg in enumerate(steady(50_000, 99, months))]


def write(landing: Path, rows: Imports, name: str, scope: ScopeFile | None = None) -> None:
    """A delivery of the statistics by country, with its scope beside it where it states one."""
    stated = [(f"{of:%Y.%m}", land, "국가", "품목", code, kg, kg * 3, 0, 0, -kg * 3) for code, land, of, kg in rows]
    path = write_file(landing, "kcs_trade_country", stated, name)
    if scope:
        path.with_name(path.name + ".scope.json").write_text(scope.model_dump_json(), encoding="utf-8")


@dataclass(kw_only=True)
class Night:
    """A night without Spark on a lake of its own: what it says, and its pages; `sole` has one origin."""

    root: Path
    night: date = NIGHT
    sole: tuple[str, str] = SOLE
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def run(self) -> None:
        """From landing to gold."""
        lake = Lake(None, str(self.root / "lake"), "run")
        ingest(lake, self.root / "landing", self.night)
        result = assess_facts(Facts(known_items(lake, self.night), {}), self.night)
        gold = {
            **result.tables,
            "gold.alert": make_alerts(result.tables, self.night),
            "gold.freshness": freshness(lake, self.night),
        }
        for name, table in gold.items():
            lake.replace_night_rows(name, table, self.night)
        self.tables = {name: table.to_pylist() for name, table in gold.items()}

    def of_sole(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table about the item with one origin."""
        subject = "hs={}|origin={}".format(*self.sole)
        return [row for row in self.tables[name] if row["subject_id"] == subject]

    def page(self, path: str, lang: str) -> str:
        """A page as the text Dash would send, without the names of records."""
        with pointing(self.root / "lake", self.root / "landing"):
            made = json.loads(json.dumps(make_page(read_view(path, f"?lang={lang}")), cls=PlotlyJSONEncoder))
        return json.dumps(without_records(made), ensure_ascii=False)


def without_records(part: Any) -> Any:
    """A part of a page; of records that lie behind a figure only that none is named."""
    if isinstance(part, dict):
        is_records = part.get("props", {}).get("className") == "records"
        return UNKNOWN if is_records else {name: without_records(each) for name, each in part.items()}
    return [without_records(each) for each in part] if isinstance(part, list) else part


def night_of(root: Path, deliver: Callable[[Path], None]) -> Night:
    """The night after a history and whatever `deliver` adds."""
    landing = root / "landing"
    write(landing, [*imports(HISTORY), *sole(HISTORY)], f"history_known_{KNOWN}")
    deliver(landing)
    night = Night(root=root)
    night.run()
    return night


def newest(rows: Imports) -> Imports:
    return [row for row in rows if row[2] == LAST]


def stopped(landing: Path) -> None:
    """The month comes without a row of the item."""
    write(landing, newest(imports(HISTORY + 1)), f"month_known_{NIGHT}")


def stated_zero(landing: Path) -> None:
    """The month comes with a row of zero of the item."""
    write(landing, [*newest(imports(HISTORY + 1)), (*SOLE, LAST, 0)], f"month_known_{NIGHT}")


def least(rows: list[dict[str, str]]) -> float:
    """The smallest mass of a month."""
    return min(float(row["impWgt"]) for row in rows)


def publishers_own(root: Path, *, is_stated: bool) -> Night:
    """The publisher's own file, and in it an item whose only origin, the steadiest of all, brings nothing in the end.

    The month of the stop is a row of zero where it `is_stated`, else it has none.
    """
    file = next(iter(sorted(settings().real_data.glob("kcs_trade_country/*.csv"))), None)
    if file is None:
        pytest.skip("set CUSTOMS_REAL_DATA to the public figures")
    with file.open(encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if row["year"] <= "2026.05"]
    months = sorted({row["year"] for row in rows})
    of_series: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        of_series.setdefault((row["hsCd"], row["statCd"]), []).append(row)
    whole = [some for some in of_series.values() if len(some) == len(months) and least(some) > 50_000]
    steadiest = min(whole, key=lambda some: np.std(np.log([float(row["impWgt"]) for row in some])))
    zero = dict.fromkeys(("impWgt", "impDlr", "expWgt", "expDlr", "balPayments"), "0")
    others = [{**row, "hsCd": "800190"} for row in steadiest]
    stopped = [*others[:-1], *([{**others[-1], **zero}] if is_stated else [])]
    write_file(root / "landing", "kcs_trade_country", [[*row.values()] for row in [*rows, *stopped]], header=[*rows[0]])
    night = Night(root=root, night=date(2026, 6, 20), sole=("800190", steadiest[0]["statCd"]))
    night.run()
    return night


@pytest.fixture(scope="module", params=["generated", "publishers_own"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, Night]:
    """The night after a stop without a row, and the one after a row of zero."""
    roots = tmp_path_factory.mktemp("without"), tmp_path_factory.mktemp("with")
    if request.param == "generated":
        return night_of(roots[0], stopped), night_of(roots[1], stated_zero)
    return publishers_own(roots[0], is_stated=False), publishers_own(roots[1], is_stated=True)


def without_lineage(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows without the names of records and the reason that says a zero is assumed."""
    for row in rows:
        kept = {k: v for k, v in row.items() if k not in ("content_hash", "run_id", "evidence", "known_at")}
        if "reason_codes" in kept:
            kept["reason_codes"] = [code for code in kept["reason_codes"] if code != "zero_assumed"]
        yield kept


@pytest.mark.parametrize("name", ["gold.signal", "gold.subject_month", "gold.vulnerability", "gold.alert"])
def test_a_stop_without_a_row_is_a_row_of_zero_in_every_table(name: str, both: tuple[Night, Night]) -> None:
    one, two = both
    assert [*without_lineage(one.tables[name])] == [*without_lineage(two.tables[name])]
    newest = one.of_sole("gold.subject_month")[-1]
    assert (newest["net_mass_kg"], newest["is_watched"]) == (0, True)
    assert newest["p_value"] < 0.05


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", ["/", "/alerts", "/hs/{hs}", "/alert/{id}"])
def test_a_stop_without_a_row_is_a_row_of_zero_on_every_page(path: str, lang: str, both: tuple[Night, Night]) -> None:
    alerts = both[0].of_sole("gold.alert")
    if "{id}" in path and not alerts:
        pytest.skip("a stop of an item that is not vulnerable is no alert")
    named = path.format(hs=both[0].sole[0], id=alerts[0]["alert_id"] if alerts else "")
    one, two = (each.page(named, lang) for each in both)
    assert "could not be made" not in one
    assert one == two


def says_stop(night: Night) -> bool:
    """Whether an alert or a page says that the item stopped."""
    is_named = any("810520" in night.page(path, "en") for path in ("/", "/alerts"))
    return is_named or night.of_sole("gold.alert") != []


def not_delivered(landing: Path) -> None:
    """Nothing came."""


def not_asked(landing: Path) -> None:
    """The month came of one other code alone."""
    one = [row for row in newest(imports(HISTORY + 1)) if row[0] == CODES[0]]
    write(landing, one, f"one_code_known_{NIGHT}")


def not_published(landing: Path) -> None:
    """The code was asked for up to the end of the year, before the month was published."""
    asked = ScopeFile(hs_codes=["810520"], flows=["I"], first_month="2021-01", last_month="2024-12")
    write(landing, [], "asked_known_2024-07-14", asked)


def asked_and_empty(landing: Path) -> None:
    """The code was asked for when the month was published, and the answer held no row."""
    asked = ScopeFile(hs_codes=["810520"], flows=["I"], first_month="2024-06", last_month="2024-06")
    write(landing, [], f"asked_known_{NIGHT}", asked)
    write(
        landing,
        newest(imports(HISTORY + 1)),
        f"month_known_{NIGHT}",
        ScopeFile(hs_codes=CODES, flows=["I"], first_month="2024-06", last_month="2024-06"),
    )


@pytest.mark.parametrize(
    ("deliver", "is_stop"),
    [(not_delivered, False), (not_asked, False), (not_published, False), (asked_and_empty, True)],
)
def test_only_what_was_asked_published_and_delivered_is_a_stop(
    tmp_path: Path, deliver: Callable[[Path], None], is_stop: bool
) -> None:
    night = night_of(tmp_path, deliver)
    (source,) = [row for row in night.tables["gold.freshness"] if row["source"] == "kcs_trade_country"]
    assert says_stop(night) == is_stop
    months = {row["period_start"]: row["net_mass_kg"] for row in night.of_sole("gold.subject_month")}
    assert months.get(LAST) == (0 if is_stop else None)
    assert source["last_period"] == (month(HISTORY - 1, 2021) if deliver in (not_delivered, not_published) else LAST)
