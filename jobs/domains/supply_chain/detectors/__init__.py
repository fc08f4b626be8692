"""One module a detector, named like its file in schemas/detectors/supply_chain."""
