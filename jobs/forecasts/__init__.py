"""What is forecast each night, and how good past forecasts were."""
