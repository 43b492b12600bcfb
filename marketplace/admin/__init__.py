"""Admin pages of the marketplace: what admins keep, and what they can look up."""

from marketplace.admin import departments, people, policy, queues, records, supply

__all__ = ["departments", "people", "policy", "queues", "records", "supply"]
