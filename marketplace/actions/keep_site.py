"""An admin keeps a site. Its seats are what is so: fewer of them take nothing back, and whoever sets them is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gigcx.accounts.models import Site
from gigcx.ledger.keeping import keep
from marketplace.claiming.seats import Crowded, crowded
from marketplace.queries.seats import sittings_at

AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class KeptSite:
    """The site, and when in the coming year its roster and open shifts promise more seats than it has."""

    site: Site
    crowded: list[Crowded]


@transaction.atomic(durable=True)
def keep_site(*, site_id: int | None, actor: str, now: datetime, **figures: Any) -> KeptSite:
    """A new site (`site_id` None), or other figures for one: `name`, `timezone`, `seats` (None: not counted).

    What was promised before stays, even where the site is too small for it; nothing more is opened or claimed then.
    Raises `ValidationError` by field.
    """
    # under lock nobody opens shifts there, or loads a roster, by the seats that were (docs/locking.md)
    site = Site.objects.select_for_update().get(pk=site_id) if site_id else Site()
    seats = site.seats
    keep(site, figures=figures, kind="site.changed", actor=actor, now=now)
    if site_id is None or site.seats is None or site.seats == seats:
        return KeptSite(site, [])
    return KeptSite(site, crowded(sittings_at(site_id=site.pk, start=now, end=now + AHEAD), seats=site.seats))
