"""Calendars of the outside world, RFC 5545: written for those who subscribe, read and fetched from elsewhere."""
