"""Parts of the back-test that take plain arrays: seeded worlds, replay of nights, scores, figure."""
