"""Small floors, in the words of their tests."""

import math

from marketplace.simulation.calls import Contact, Duty, Rules
from marketplace.simulation.floor import Floor

HOUR = 3600.0


def duty(agent, *skills, starts=0.0, ends=HOUR, queue=None):
    return Duty(agent, starts, ends, tuple((one, 5) for one in skills), skills[0] if queue is None else queue)


def call(queue, at, handle=60.0, patience=math.inf):
    return Contact(queue, at, handle, patience)


def floor(contacts, duties, *, queues=2, target=20.0, place=None, pace=None, **rules):
    agents = 1 + max((one.agent for one in duties), default=0)
    return Floor(
        target_seconds=[target] * queues,
        agents=agents,
        contacts=contacts,
        duties=duties,
        rules=Rules(**rules),
        place=place,
        pace=pace,
    )
