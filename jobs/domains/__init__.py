"""The questions the platform asks, one folder each."""
