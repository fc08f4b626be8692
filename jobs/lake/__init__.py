"""The Delta lake: reading, writing, locking, and the one way to write a row down."""
