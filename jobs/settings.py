"""The environment, read once into one frozen object. Every variable begins with `CUSTOMS_`."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKED = Path(__file__).parent / "packed"  # a wheel's copies of schemas/ and docker/ (docker/wheel.py)
ROOT = PACKED if PACKED.is_dir() else Path(__file__).parents[1]  # where schemas/ and docker/ are
HOME = Path.cwd() if PACKED.is_dir() else ROOT  # whose `.local` takes what is written


class Settings(BaseSettings):
    """Where things are and how the night runs.

    Attributes:
        lake: folder or URI of the Delta lake.
        landing: folder into which sources are delivered.
        landing_wait: seconds between two looks at a new file, which waits for the next night if it grew meanwhile.
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

    lake: str = str(HOME / ".local" / "lake")
    landing: Path = HOME / ".local" / "landing"
    landing_wait: float = Field(default=2.0, ge=0)
    truth: Path = HOME / ".local" / "truth"
    published: Path = HOME / ".local" / "published"
    database_url: str = f"sqlite:///{HOME / '.local' / 'decisions.sqlite'}"
    spark_master: str = "local[*]"
    kcs_key_file: Path | None = None
    capacity: int = 40
    timezone: str = "Asia/Seoul"
    real_data: Path = HOME.parent / "shared" / "data"

    def capacity_of(self, kind: str) -> int:
        """Alerts of a kind an office can look at in a day: `CUSTOMS_CAPACITY_<KIND>`, else `CUSTOMS_CAPACITY`."""
        named = os.environ.get(f"CUSTOMS_CAPACITY_{kind.upper()}", self.capacity)
        return self.model_validate({"capacity": named}).capacity


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
