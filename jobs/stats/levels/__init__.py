"""Levels of series in time, robustly followed, and shifts of them."""
