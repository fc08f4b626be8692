"""One module a silver table, one function a source."""
