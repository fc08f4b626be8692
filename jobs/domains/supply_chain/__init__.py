"""Imported items that are about to run short."""
