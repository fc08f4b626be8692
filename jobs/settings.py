"""The environment, read and checked once into one frozen object. Every variable begins with `CUSTOMS_`."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.setting_checks import (
    PREFIX,
    SettingRefused,
    check_database_url,
    check_disjoint,
    check_folder,
    check_lake,
    check_master,
    check_names,
    check_reach,
    check_text,
    check_timezone,
    refusal_of,
)

PACKED = Path(__file__).parent / "packed"  # a wheel's copies of schemas/ and docker/ (docker/wheel.py)
ROOT = PACKED if PACKED.is_dir() else Path(__file__).parents[1]  # where schemas/ and docker/ are
HOME = Path.cwd() if PACKED.is_dir() else ROOT  # whose `.local` takes what is written

MEMORY = r"^[1-9][0-9]{0,5} ?(MB|GB|MiB|GiB)$"
Folder = Annotated[Path, AfterValidator(check_folder)]


class Settings(BaseSettings):
    """Where things are and how the night runs. What each may be stands in schemas/messages, as `setting.<name>`.

    Attributes:
        lake: folder or URI of the Delta lake.
        landing: folder into which sources are delivered.
        landing_wait: seconds between two looks at a new file, which waits for the next night if it grew meanwhile.
        load_records: records of one table that a load takes in the driver; more go through Spark.
        load_memory: memory that the engine of a load may use before it spills to disk.
        read_timeout: seconds within which a file of the landing folder is read, and a folder listed; what takes longer
            is set aside.
        truth: folder for the truth of a generated world; never below `landing`.
        published: folder of briefs and exports.
        database_url: decisions and accounts (SQLAlchemy URL).
        spark_master: where Spark runs; `local[*]` on a laptop, `spark://...` on a cluster.
        kcs_key_file: file that holds the key of the KCS statistics API.
        capacity: alerts an office can look at in a day; at least one, for none would silence a kind by a slip.
        timezone: whose midnight ends a night.
        real_data: folder of public data that some tests and back-tests read.
        port: where the pages answer.
    """

    # A variable that is set to nothing counts as not set, as it does in the scripts.
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    lake: Annotated[str, AfterValidator(check_lake)] = str(HOME / ".local" / "lake")
    landing: Folder = HOME / ".local" / "landing"
    landing_wait: float = Field(default=2.0, ge=0, le=3600, allow_inf_nan=False)
    load_records: int = Field(default=5_000_000, ge=0, le=1_000_000_000)
    load_memory: Annotated[str, Field(pattern=MEMORY)] = "2500MB"
    read_timeout: float = Field(default=600.0, ge=1, le=86400, allow_inf_nan=False)
    truth: Folder = HOME / ".local" / "truth"
    published: Folder = HOME / ".local" / "published"
    database_url: Annotated[str, AfterValidator(check_database_url)] = (
        f"sqlite:///{HOME / '.local' / 'decisions.sqlite'}"
    )
    spark_master: Annotated[str, AfterValidator(check_master)] = "local[*]"
    kcs_key_file: Annotated[Path, AfterValidator(check_text)] | None = None
    capacity: int = Field(default=40, ge=1, le=1_000_000)
    timezone: Annotated[str, AfterValidator(check_timezone)] = "Asia/Seoul"
    real_data: Folder = HOME.parent / "shared" / "data"
    port: int = Field(default=8050, ge=1, le=65535)

    def capacity_of(self, kind: str) -> int:
        """Alerts of a kind an office can look at in a day: `CUSTOMS_CAPACITY_<KIND>`, else `CUSTOMS_CAPACITY`.

        Raises:
            SettingRefused: that variable holds no such number.
        """
        name = f"{PREFIX}CAPACITY_{kind.upper()}"
        value = os.environ.get(name)
        if not value:
            return self.capacity
        try:
            return self.model_validate({"capacity": value}).capacity
        except ValidationError:
            raise SettingRefused("capacity", name=name, value=value) from None


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingRefused: a variable cannot be used, or is none of ours and looks like one.
    """
    kinds = check_names(os.environ, Settings.model_fields)
    try:
        chosen = Settings()
    except ValidationError as error:
        raise refusal_of(error, os.environ) from None
    for kind in kinds:
        chosen.capacity_of(kind)
    places = {name: str(getattr(chosen, name)) for name in ("lake", "landing", "truth", "published")}
    check_disjoint(places)
    check_reach(chosen.lake, chosen.spark_master)
    return chosen
