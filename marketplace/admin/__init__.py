"""Admin pages of the marketplace: what admins keep, and what they can look up."""

from marketplace.admin import departments, people, policy, queues, records

__all__ = ["departments", "people", "policy", "queues", "records"]
