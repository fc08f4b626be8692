"""Answers of a night that are no detector's: one module a question."""
