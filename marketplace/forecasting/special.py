"""Days and hours that are not as others: public holidays and known events."""

from __future__ import annotations

import holidays


def known_country(code: str) -> bool:
    """Whether `holidays` knows a country, or a country and its subdivision joined by a hyphen."""
    country, _, part = code.partition("-")
    places = holidays.list_supported_countries()
    return country in places and (not part or part in places[country])
