"""Which imported items are about to run short: monthly trade by item and origin against its own past."""
