"""What the page shell needs on every page."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """The person's theme (empty: as the device)."""
    return {"theme": getattr(getattr(request, "user", None), "theme", "")}
