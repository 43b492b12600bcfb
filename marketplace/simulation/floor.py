"""The contact-centre model: an event-driven floor that a replay runs through and a switch runs step by step.

First come, first served within a queue; among idle agents the one idle longest. An agent moved while idle is away for
the changeover; one who is busy finishes first, and then changes over. At the end of duty the current contact is
finished, then the agent leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from marketplace.matching.state import NOWHERE, Presence
from marketplace.simulation.agenda import FAR, Agenda, Kind
from marketplace.simulation.calls import Contact, Duty, Rules, Serve
from marketplace.simulation.desk import Desk, IdleLists, Lines, Waiting
from marketplace.simulation.tally import Tally

BUSY = frozenset({Presence.ON_CONTACT, Presence.WRAP_UP})


class Floor:
    """Queues, agents and customers from `start` on. Nothing happens but by `advance`."""

    def __init__(
        self,
        *,
        target_seconds: Sequence[float],
        agents: int,
        contacts: Iterable[Contact] = (),
        duties: Sequence[Duty] = (),
        rules: Rules | None = None,
        pace: Sequence[float] | None = None,
        place: Callable[[], Iterable[tuple[int, int]]] | None = None,
        start: float = 0.0,
    ) -> None:
        """`contacts` come in order of arrival and may never end. `pace[agent]` multiplies that agent's handle times.

        `place()` says where those start who are on duty and nowhere, as (agent, queue); each is sent before the next.
        """
        self.now = start
        self.rules = rules or Rules()
        self.target_seconds = target_seconds
        self.tallies = [Tally() for _ in target_seconds]
        self.desks = [Desk(number) for number in range(agents)]
        self.lines = Lines(len(target_seconds))
        self.in_service = 0
        self.changes = 0
        """Goes up with everything that happens, so that one who decides can tell whether anything has."""
        self.duties = duties
        self.agenda = Agenda(contacts)
        self.duties_left = len(duties)
        """Scheduled duties that are not over."""
        self._idle = IdleLists(len(target_seconds), any_idle=self.rules.any_idle)
        self._pace = pace
        self._place = place
        self._all_queues = tuple(range(len(target_seconds)))
        self._does: tuple[Callable[..., None], ...] = (  # in the order of `Kind`
            self._on_sign_off,
            self._on_end,
            self._on_wrapped,
            self._on_arrived,
            self._on_sign_on,
            self._on_place,
            self._on_contact,
            self._on_abandon,
        )
        for index, duty in enumerate(duties):
            self.agenda.add(duty.starts_at, Kind.SIGN_ON, index)
            self.agenda.add(duty.ends_at, Kind.SIGN_OFF, index)

    def advance(self, to: float) -> None:
        """Let everything happen until `to`, inclusive."""
        take, does = self.agenda.take, self._does
        while (event := take(to)) is not None:
            self.now = event[0]
            does[event[1]](event[3], event[4])
        self.now = max(self.now, to)

    def close(self) -> None:
        """Stop now: who waits has abandoned, who is served is served to the end, a begun duty is worked to its end."""
        for queue in self._all_queues:
            for waiting in self.lines.everyone(queue):
                self._give_up(waiting)
        last = {}
        for at, kind, _, desk, _ in self.agenda.left(frozenset({Kind.END, Kind.WRAPPED})):
            last[desk.number] = at + (self.rules.wrap_up_seconds if kind == Kind.END else 0.0)
            self._finish(desk)
        for desk in self.desks:
            if desk.presence != Presence.OFFLINE:
                self._leave(desk, at=max(self.now, desk.until, last.get(desk.number, 0.0)))

    # -- what people do: a dispatcher or matcher assigns, agents come, pause and go

    def assign(self, *, agent: int, queue: int) -> None:
        """Send an agent on duty to a queue, now or after the current contact. Coming from nowhere is no move."""
        desk = self.desks[agent]
        if desk.presence == Presence.OFFLINE or queue == desk.heading:
            return
        self.changes += 1
        if desk.queue != NOWHERE:
            desk.moves += 1
            desk.tally.moves += 1
            desk.moved_at = self.now
        if desk.presence in BUSY:
            desk.next_queue = queue if queue != desk.queue else NOWHERE
        else:
            self._go(desk, queue)
            if desk.presence == Presence.READY:
                self._free(desk)

    def sign_on(self, *, agent: int, until: float, eligible: tuple[int, ...], queue: int = NOWHERE) -> None:
        """Begin a duty at `queue`; at `NOWHERE` the agent serves nothing until placed or assigned."""
        desk = self.desks[agent]
        self.changes += 1
        desk.until, desk.eligible, desk.moves, desk.leaving = until, eligible, 0, False
        if desk.presence == Presence.OFFLINE:
            desk.signed_on_at = desk.idle_since = self.now
            desk.queue = desk.next_queue = NOWHERE
            self._set(desk, Presence.READY)
        if queue == NOWHERE:
            if desk.queue == NOWHERE and self._place is not None:
                self.agenda.add(self.now, Kind.PLACE, agent)
        elif desk.presence in BUSY:  # still with the last customer of the duty before
            desk.next_queue = queue if queue != desk.queue else NOWHERE
        else:
            desk.queue, desk.assigned_at, desk.arrives_at = queue, self.now, self.now
        if desk.presence == Presence.READY:
            self._free(desk)

    def sign_off(self, *, agent: int) -> None:
        """End the duty, once the current contact is finished."""
        desk = self.desks[agent]
        self.changes += 1
        if desk.presence in BUSY:
            desk.leaving = True
        elif desk.presence != Presence.OFFLINE:
            self._leave(desk, at=self.now)

    def pause(self, *, agent: int) -> None:
        """Take a break, once the current contact is finished."""
        desk = self.desks[agent]
        self.changes += 1
        if desk.presence in BUSY:
            desk.pausing = True
        elif desk.presence == Presence.READY:
            self._set(desk, Presence.PAUSED)

    def resume(self, *, agent: int) -> None:
        """Come back from a break, or don't take the one that was coming."""
        desk = self.desks[agent]
        self.changes += 1
        desk.pausing = False
        if desk.presence == Presence.PAUSED:
            desk.tally.paused_seconds += self.now - desk.since
            desk.idle_since = self.now
            self._set(desk, Presence.READY)
            self._free(desk)

    # -- what happens by itself

    def _on_contact(self, contact: Contact, _: int) -> None:
        self.changes += 1
        tally, rules = self.tallies[contact.queue], self.rules
        tally.offered += 1
        if rules.lines is not None and self.in_service + self.lines.total >= rules.lines:
            tally.blocked += 1
            return
        desk = self._idle.take(contact.queue)
        if desk is not None:
            self._answer(desk, contact, waited=0.0)
        elif rules.places is not None and self.lines.total >= rules.places:
            tally.blocked += 1
        else:
            waiting = Waiting(contact, self.now)
            self.lines.join(waiting)
            if contact.patience_seconds != FAR:
                self.agenda.add(self.now + contact.patience_seconds, Kind.ABANDON, waiting)

    def _on_abandon(self, waiting: Waiting, _: int) -> None:
        if waiting.gone:
            return
        self.changes += 1
        self._give_up(waiting)
        if self.rules.again is not None:
            attempt = self.rules.again(waiting.contact, self.now)
            if attempt is not None:
                self.agenda.add(attempt.arrived_at, Kind.CONTACT, attempt)

    def _on_end(self, desk: Desk, _: int) -> None:
        self.changes += 1
        if self.rules.wrap_up_seconds > 0:
            self._set(desk, Presence.WRAP_UP)
            self.agenda.add(self.now + self.rules.wrap_up_seconds, Kind.WRAPPED, desk)
        else:
            self._on_wrapped(desk, 0)

    def _on_wrapped(self, desk: Desk, _: int) -> None:
        self.changes += 1
        self._finish(desk)
        if desk.leaving:
            self._leave(desk, at=self.now)
            return
        desk.idle_since = self.now
        self._set(desk, Presence.PAUSED if desk.pausing else Presence.READY)
        desk.pausing = False
        if desk.next_queue != NOWHERE:
            self._go(desk, desk.next_queue)
        if desk.presence == Presence.READY:
            self._free(desk)

    def _on_arrived(self, desk: Desk, stamp: int) -> None:
        if desk.stamp == stamp:
            self.changes += 1
            self._free(desk)

    def _on_sign_on(self, index: int, _: int) -> None:
        duty = self.duties[index]
        self.desks[duty.agent].duty = index
        self.sign_on(agent=duty.agent, until=duty.ends_at, eligible=duty.eligible, queue=duty.queue)

    def _on_place(self, agent: int, _: int) -> None:
        """Everybody who is nowhere is placed at once, by the first of them."""
        if self._place is not None and self.desks[agent].on_duty() and self.desks[agent].heading == NOWHERE:
            for one, queue in self._place():
                self.assign(agent=one, queue=queue)

    def _on_sign_off(self, index: int, _: int) -> None:
        self.duties_left -= 1
        duty = self.duties[index]
        if self.desks[duty.agent].duty == index:
            self.sign_off(agent=duty.agent)

    # -- one agent, one customer

    def _set(self, desk: Desk, presence: Presence) -> None:
        desk.presence, desk.since = presence, self.now
        desk.stamp += 1

    def _go(self, desk: Desk, queue: int) -> None:
        """Change over to another queue; who was nowhere is there at once."""
        there_at = self.now if desk.queue == NOWHERE else self.now + self.rules.changeover_seconds
        desk.queue, desk.next_queue = queue, NOWHERE
        desk.assigned_at, desk.arrives_at = self.now, there_at
        desk.stamp += 1

    def _free(self, desk: Desk) -> None:
        """Somebody is ready: change over, take the next customer, or be idle."""
        if desk.arrives_at > self.now:
            self.agenda.add(desk.arrives_at, Kind.ARRIVED, desk, desk.stamp)
            return
        desk.serves = self._serves(desk)
        waiting = self.lines.first_of(desk.serves)
        if waiting is None:
            self._idle.add(desk)
        else:
            self.lines.leave(waiting)
            self._answer(desk, waiting.contact, waited=self.now - waiting.arrived_at)

    def _serves(self, desk: Desk) -> tuple[int, ...]:
        if self.rules.serve is Serve.ASSIGNED:
            return () if desk.queue == NOWHERE else (desk.queue,)
        return desk.eligible if self.rules.serve is Serve.SKILLS else self._all_queues

    def _answer(self, desk: Desk, contact: Contact, *, waited: float) -> None:
        tally = self.tallies[contact.queue]
        tally.answered += 1
        tally.wait_seconds += waited
        if waited <= self.target_seconds[contact.queue]:
            tally.answered_in_target += 1
        self.in_service += 1
        self._set(desk, Presence.ON_CONTACT)
        desk.contact = contact
        self.agenda.add(self.now + self._handle_seconds(desk), Kind.END, desk)

    def _handle_seconds(self, desk: Desk) -> float:
        return desk.contact.handle_seconds * (1.0 if self._pace is None else self._pace[desk.number])

    def _finish(self, desk: Desk) -> None:
        seconds = self._handle_seconds(desk) + self.rules.wrap_up_seconds
        tally = self.tallies[desk.contact.queue]
        tally.finished += 1
        tally.handle_seconds += seconds
        desk.tally.answered += 1
        desk.tally.busy_seconds += seconds
        self.in_service -= 1

    def _give_up(self, waiting: Waiting) -> None:
        self.lines.leave(waiting)
        tally = self.tallies[waiting.contact.queue]
        tally.abandoned += 1
        tally.wait_seconds += self.now - waiting.arrived_at

    def _leave(self, desk: Desk, *, at: float) -> None:
        if desk.presence == Presence.PAUSED:
            desk.tally.paused_seconds += at - desk.since
        desk.tally.duty_seconds += at - desk.signed_on_at
        desk.leaving = desk.pausing = False
        desk.next_queue = NOWHERE
        self._set(desk, Presence.OFFLINE)
