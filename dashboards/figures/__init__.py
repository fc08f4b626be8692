"""Pictures as plain functions, Arrow in and a Plotly figure out, one a file; screens and briefs share them."""
