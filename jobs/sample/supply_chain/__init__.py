"""A world of trade, prices and ships with planted supply breaks."""
