"""PostgreSQL, by Django's own means but for how a pooled connection is tried."""
