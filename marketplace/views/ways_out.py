"""A reason against a claim as a page shows it: the sentence, and the way out as a link where it leads to a page."""

from functools import cache
from typing import TypedDict
from urllib.parse import urlencode

from django.urls import reverse

from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.queries.reasons import Speaker

DECLARED = {ClaimRefusal.SKILL_MISSING, ClaimRefusal.LEVEL_TOO_LOW, ClaimRefusal.SKILL_EXPIRED}
PAGES = {ClaimRefusal.BLACKOUT: "availability", ClaimRefusal.OVERLAP_BOOKING: "calendar"}


class Told(TypedDict):
    """What the templates read; `to` is '' where no page of the agent's own helps."""

    sentence: str
    way_out: str
    to: str


def told(reason: Reason, speaker: Speaker) -> Told:
    """The reason in words, with the address of the way out."""
    said = speaker.say(reason)
    return {"sentence": said.sentence, "way_out": said.way_out, "to": _address(reason)}


def _address(reason: Reason) -> str:
    """A skill is asked for by name and level: `my_skills` fills its form in."""
    if reason.code in DECLARED:
        wanted = {"skill": reason.figures["skill"], "level": reason.figures["level"]}
        return f"{_page('my_skills')}?{urlencode(wanted)}"
    page = PAGES.get(reason.code)
    return _page(page) if page else ""


@cache
def _page(name: str) -> str:
    """Looked up once: a page of shifts may ask hundreds of times."""
    return reverse(name)
