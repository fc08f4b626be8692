"""Findings to alerts: shortages, common moves, straits and ports."""
