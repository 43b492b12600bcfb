"""The product: the very functions that production runs, on the same kind of state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from marketplace.matching import accept, build, place, solve
from marketplace.matching.build import live
from marketplace.matching.interval import INTERVAL_SECONDS, build_interval
from marketplace.matching.state import State
from marketplace.simulation.floor import Floor
from marketplace.simulation.policies.plan import Plan


class Matcher(Plan):
    """Every tick `build`, `solve`, `accept`; first placements by `place`.

    Where the measured changeover is longer than a tick can judge, the interval plan is followed, as in production.
    """

    name = "matcher"

    @property
    def every_seconds(self) -> float | None:
        limits = self.observer.limits
        return limits.tick_seconds if limits.changeover_seconds <= limits.plan_above_seconds else INTERVAL_SECONDS

    def place(self, floor: Floor) -> Iterable[tuple[int, int]]:
        state, agents = self.observer.look(floor)
        queues = place(state).tolist()
        return [(agents[row], queue) for row, queue in enumerate(queues) if queue != state.agents.queue[row]]

    def decide(self, floor: Floor) -> Sequence[tuple[int, int]]:
        state, agents = self.observer.look(floor)
        return [(agents[row], queue) for row, queue in self._moves(state, floor.now)]

    def _moves(self, state: State, now: float) -> list[tuple[int, int]]:
        """(row of the state's agents, queue) for each move that is accepted."""
        ticking = live(state)
        problem = build(state) if ticking else build_interval(state, rate=self.interval_rate(now))
        plan = solve(problem)
        refusals = accept(plan.moves, state, of_interval=not ticking, view=plan.view) if plan.moves else []
        return [(move.agent, move.target) for move, reasons in zip(plan.moves, refusals, strict=True) if not reasons]
