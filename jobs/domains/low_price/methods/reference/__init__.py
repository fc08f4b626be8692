"""The reference price of a lot, its uncertainty, and how far the lot lies below it."""
