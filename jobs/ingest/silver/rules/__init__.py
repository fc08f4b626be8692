"""What a record of a source states about a table of silver, as SQL: one text, whatever engine runs it."""
