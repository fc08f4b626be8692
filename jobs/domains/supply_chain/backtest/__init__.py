"""Past nights replayed as they were known, with seeded cuts, against naive rules."""
