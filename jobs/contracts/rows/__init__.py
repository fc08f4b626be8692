"""The rows of the lake's tables as Python types, written from the contracts by `jobs.contracts.row_types`."""
