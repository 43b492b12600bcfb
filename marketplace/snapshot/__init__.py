"""Rows → `matching.State`: a few set-based reads; decides nothing."""

from marketplace.snapshot.competence import explain_refusals
from marketplace.snapshot.queues import forecast_mean
from marketplace.snapshot.take import refresh_agents, take_snapshot

__all__ = ["explain_refusals", "forecast_mean", "refresh_agents", "take_snapshot"]
