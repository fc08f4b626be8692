"""The facts of a night: items as series, places as daily counts."""
