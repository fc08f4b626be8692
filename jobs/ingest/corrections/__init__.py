"""Taking back and reading again what was let in: silver is appended to, and past nights stay as they were known."""
