"""What a wheel holds besides the code: the contracts, and the files of docker/ that `doctor` and Spark read.

setuptools calls this when it builds a wheel (pyproject.toml, `cmdclass`). In a checkout those files stand beside
`jobs/`; in a wheel they lie in `jobs/packed/`, where jobs/settings.py, jobs/contracts and jobs/doctor look too.
"""

from __future__ import annotations

from pathlib import Path

from setuptools.command.build_py import build_py

ROOT = Path(__file__).parents[1]
OPTIONS = ("apt.txt", "constraints.txt", "log4j2.properties", "pom.xml", "spark-defaults.conf")


class BuildWithContracts(build_py):
    """Copies `schemas/` and some files of `docker/` beside the code; an editable install reads them where they are."""

    def run(self) -> None:
        """Build the code, then add the files."""
        super().run()
        if self.editable_mode:
            return
        files = [*sorted((ROOT / "schemas").rglob("*.yml")), *(ROOT / "docker" / name for name in OPTIONS)]
        for path in files:
            target = Path(self.build_lib, "jobs", "packed", path.relative_to(ROOT))
            self.mkpath(str(target.parent))
            self.copy_file(str(path), str(target))
