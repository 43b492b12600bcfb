"""From counts to forecasts."""
