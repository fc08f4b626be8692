"""The environment, read once into one frozen object. Every variable begins with `CUSTOMS_`."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parents[1]


class Settings(BaseSettings):
    """Where things are and how the night runs.

    Attributes:
        lake: folder or URI of the Delta lake.
        landing: folder into which sources are delivered.
        truth: folder for the truth of a generated world; never below `landing`.
        published: folder of briefs and exports.
        database_url: decisions and accounts (SQLAlchemy URL).
        spark_master: where Spark runs; `local[*]` on a laptop, `spark://...` on a cluster.
        kcs_key_file: file that holds the key of the KCS statistics API.
        capacity: alerts an office can look at in a day.
        timezone: whose midnight ends a night.
        real_data: folder of public data that some tests and back-tests read.
    """

    model_config = SettingsConfigDict(env_prefix="CUSTOMS_", frozen=True)

    lake: str = str(ROOT / ".local" / "lake")
    landing: Path = ROOT / ".local" / "landing"
    truth: Path = ROOT / ".local" / "truth"
    published: Path = ROOT / ".local" / "published"
    database_url: str = f"sqlite:///{ROOT / '.local' / 'decisions.sqlite'}"
    spark_master: str = "local[*]"
    kcs_key_file: Path | None = None
    capacity: int = 40
    timezone: str = "Asia/Seoul"
    real_data: Path = ROOT.parent / "shared" / "data"

    def capacity_of(self, kind: str) -> int:
        """Alerts of a kind an office can look at in a day: `CUSTOMS_CAPACITY_<KIND>`, else `CUSTOMS_CAPACITY`."""
        return int(os.environ.get(f"CUSTOMS_CAPACITY_{kind.upper()}", self.capacity))


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
