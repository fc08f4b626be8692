"""Fraud that moves, inspected month by month under several policies."""
