"""Two other ways to the cheapest cover: everything tried, and a plain whole-number program for another solver.

Neither shares a line with the product: shifts are listed one by one from the meaning of a pattern.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import numpy as np
from ortools.sat.python import cp_model

from marketplace.staffing.cover import Gap, Pattern


def listed(gap: Gap, pattern: Pattern, *, extra: int = 0) -> list[tuple[set[int], set[int], int]]:
    """Every shift of a pattern: the steps worked, the steps present, the cost."""
    step, steps = gap.step_seconds, gap.people.shape[1]
    found = []
    for first in range(steps):
        local = (datetime.fromtimestamp(gap.start, UTC) + timedelta(seconds=first * step)).astimezone(gap.zone)
        second = local.hour * 3600 + local.minute * 60
        if not pattern.first_start <= second <= pattern.last_start:
            continue
        if (second - pattern.first_start) % pattern.start_step_seconds:
            continue
        for length in range(pattern.least_seconds, pattern.most_seconds + 1, pattern.length_step_seconds):
            if first + length // step > steps:
                continue
            pauses = [pause for pause in pattern.breaks if length >= pause.from_length_seconds]
            options = [
                range(p.after_seconds // step, (length - p.before_end_seconds - p.seconds) // step + 1) for p in pauses
            ]
            for offsets in product(*options):
                spans = [(at, at + pause.seconds // step) for at, pause in zip(offsets, pauses, strict=True)]
                if any(a[1] > b[0] for a, b in pairwise(spans)):
                    continue
                present = set(range(first, first + length // step))
                away = {first + at for begin, end in spans for at in range(begin, end)}
                unpaid = {
                    first + at
                    for (begin, end), pause in zip(spans, pauses, strict=True)
                    if not pause.paid
                    for at in range(begin, end)
                }
                pay = sum(
                    (pattern.pay_per_hour + extra) * step / 3600 * (1 + premium_at(gap, pattern, at))
                    for at in present - unpaid
                )
                cost = max(1, int(np.floor(pay + 0.5 + 1e-9)) + pattern.cost_per_shift)
                found.append((present - away, present, cost))
    return found


def premium_at(gap: Gap, pattern: Pattern, step: int) -> float:
    """The shares paid in one step."""
    at = datetime.fromtimestamp(gap.start + step * gap.step_seconds, UTC).astimezone(gap.zone)
    second, total = at.hour * 3600 + at.minute * 60, 0.0
    for premium in pattern.premiums:
        weekday = at.weekday()
        if premium.since < premium.until:
            inside = premium.since <= second < premium.until
        else:
            inside = second >= premium.since or second < premium.until
            weekday = weekday if second >= premium.since else (weekday - 1) % 7
        if inside and (not premium.weekdays or weekday in premium.weekdays):
            total += premium.share
    return total


class Program:
    """A whole-number program with equalities, built variable by variable, for CP-SAT."""

    def __init__(self) -> None:
        self.model, self.cost, self.rows = cp_model.CpModel(), [], {}

    def variable(self, cost, most, terms) -> None:
        """A variable from 0 to `most` with its weight in each row."""
        one = self.model.new_int_var(0, int(most), "")
        self.cost.append(one * int(cost))
        for row, weight in terms:
            self.rows.setdefault(row, []).append(one * weight)

    def least(self, right) -> int:
        """The least cost; `right` gives each row's bounds."""
        for row, terms in self.rows.items():
            low, high = right(row)
            self.model.add_linear_constraint(sum(terms), int(low), int(high))
        self.model.minimize(sum(self.cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(self.model) == cp_model.OPTIMAL
        return round(solver.objective_value)


def cheapest(gap: Gap, patterns, *, missing_per_hour, over_per_hour=0, seats=None) -> int:
    """The least objective by CP-SAT over the plain program: every shift × target, who serves whom, missing, over."""
    queues, steps = gap.people.shape
    wanted = np.maximum(0, gap.people)
    most = int(wanted.sum()) + 1
    missing = np.floor(np.broadcast_to(missing_per_hour, (queues,)) * gap.step_seconds / 3600 + 0.5)
    program = Program()
    for t, target in enumerate(gap.everyone):
        allowed = [pattern for pattern in patterns if target.home_allowed or not pattern.at_home]
        for pattern in allowed:
            for worked, present, cost in listed(gap, pattern, extra=target.extra_per_hour):
                sits = [] if pattern.at_home or seats is None else [(("seat", at), 1) for at in present]
                program.variable(cost, most, [(("there", t, at), 1) for at in worked] + sits)
        for at, queue in product(range(steps), target.queues):
            program.variable(0, most * most, [(("there", t, at), -1), (("queue", queue, at), 1)])
    for queue, at in product(range(queues), range(steps)):
        program.variable(missing[queue], most, [(("queue", queue, at), 1)])
        program.variable(round(over_per_hour * gap.step_seconds / 3600), most * most, [(("queue", queue, at), -1)])

    def right(row):
        if row[0] == "queue":
            return wanted[row[1:]], wanted[row[1:]]
        return (0, 0) if row[0] == "there" else (0, seats[row[1]])

    return program.least(right)


def tried(gap: Gap, patterns, *, missing_per_hour: int, over_per_hour: int = 0, most: int = 2) -> float:
    """The least objective of one queue by trying every number from 0 to `most` of every shift."""
    shifts = [shift for pattern in patterns for shift in listed(gap, pattern)]
    wanted = np.maximum(0, gap.people[0])
    work = np.array([[at in worked for at in range(len(wanted))] for worked, _, _ in shifts]).astype(int)
    cost = np.array([shift[2] for shift in shifts])
    hours = gap.step_seconds / 3600
    best = np.inf
    for people in product(range(most + 1), repeat=len(shifts)):
        there = np.array(people) @ work
        value = cost @ np.array(people)
        value += missing_per_hour * hours * np.maximum(0, wanted - there).sum()
        value += over_per_hour * hours * np.maximum(0, there - wanted).sum()
        best = min(best, value)
    return best
