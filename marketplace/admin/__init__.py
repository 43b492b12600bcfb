"""Admin pages of the marketplace: what admins keep, and what they can look up."""

from marketplace.admin import departments, events, people, policy, queues, records, shifts, supply

__all__ = ["departments", "events", "people", "policy", "queues", "records", "shifts", "supply"]
