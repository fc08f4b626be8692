"""Deliveries as they arrived: one table a kind of file, source values as text, one commit a file."""
