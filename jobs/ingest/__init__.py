"""From the landing folder to silver, and the gate behind it."""
