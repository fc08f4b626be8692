"""One module a detector, named like its file in schemas/detectors/low_price."""
