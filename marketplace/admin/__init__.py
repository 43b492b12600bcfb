"""Admin pages of the marketplace: what admins keep, and what they can look up."""

from marketplace.admin import departments, events, market, people, policy, queues, records, shifts, sites, supply

__all__ = ["departments", "events", "market", "people", "policy", "queues", "records", "shifts", "sites", "supply"]
