"""The statistics of monthly trade and daily ships that the detectors rest on."""
