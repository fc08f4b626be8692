"""Clean, typed, bitemporal facts: one module a table, one function a source."""
