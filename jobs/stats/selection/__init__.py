"""From scores to a selection under a capacity: chances, their calibration, learned rankers."""
