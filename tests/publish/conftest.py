"""Lakes for these tests."""

from tests.builders.lakes import built_lake, empty_lake, gold_lake

__all__ = ["built_lake", "empty_lake", "gold_lake"]
