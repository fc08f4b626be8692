"""Point forecasts of monthly series, their intervals, and the choice between models."""
