"""The floor against the published results of ContactCenters (Buist and L'Ecuyer), means over 1,000 replications.

Each mean of ours must lie in the published confidence interval, widened by 0.005 for shares. Counts of contacts are
compared as shares of the contacts expected. The programs behind the results settle what the tables leave open:

- MMC and its kin count the agents' occupancy until arrivals end, then serve whoever is in the system; the service level
  with abandonment leaves out those who abandon within the target;
- Bilingual chooses uniformly among all idle agents who can serve (not the longest idle, and no group first), takes the
  longest wait of both queues, lets three of four who abandon try once more 20 minutes later, and closes at 17:00;
- CallCC counts abandoned calls with a wait below 20 s as in target, and divides by the calls expected, not offered.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy import stats

from marketplace.matching.state import Presence
from marketplace.simulation.calls import Contact, Rules, Serve
from marketplace.simulation.floor import Floor
from marketplace.simulation.tally import Tally

DATA = Path(__file__).resolve().parents[4] / "shared/data"
SHARE = 0.005

pytestmark = pytest.mark.skipif(
    not (DATA / "multiskill_cases_dev.json").exists(), reason="../shared/data with the published cases is not here"
)


def published(name):
    """Mean and interval of each measure in a report, by its title and row."""
    found, title = {}, ""
    for line in (DATA / f"cc_{name}.res").read_text(encoding="utf-8").splitlines():
        if "==>" in line or line.startswith("Report for"):
            title = re.sub(r".*==> |Report for ", "", line).strip()
            row = ""
        numbers = [float(number) for number in re.findall(r"-?\d+\.\d+(?:E-?\d+)?", line)]
        if re.match(r"^\s+\d+\s+[\d.]+\s+[\d.]+\s+[\d.]+", line):
            found[title] = [numbers[2]]
        elif re.match(r"^\s+\d+\.\d+\s+[\d.E-]+\s+1000", line):
            found[title] = [numbers[0]]
        elif "confidence interval" in line:
            found[title] = (found[title][0], numbers[-2], numbers[-1])
        elif row_of := re.match(r"^(\S.*?)\s+1000\s", line):
            row = row_of[1]
            found[title, row] = (numbers[2], numbers[-2], numbers[-1])
    return found


def agrees(mean, interval, *, per=1.0, margin=SHARE):
    """Whether our mean lies in the published interval (÷ `per`, to make shares of counts) with the margin."""
    _, low, high = interval
    assert low / per - margin <= mean <= high / per + margin


def poisson(rng, rate, horizon):
    return np.sort(rng.uniform(0, horizon, rng.poisson(rate * horizon)))


def busy_seconds(floor):
    """Agent time on contacts up to now, the part of those in service included."""
    now = sum(floor.now - desk.since for desk in floor.desks if desk.presence == Presence.ON_CONTACT)
    return now + sum(desk.tally.busy_seconds for desk in floor.desks)


def mmc(seed, *, patience=None, places=None, gave_up=None):
    """One day of MMC in minutes: 4.2 contacts a minute, 12 agents, two minutes each, eight hours.

    The waits of those who abandon are added to `gave_up`.
    """
    rng = np.random.default_rng(seed)
    arrivals = poisson(rng, 4.2, 480.0)
    service = rng.exponential(2.0, len(arrivals))
    patient = np.full(len(arrivals), math.inf) if patience is None else rng.exponential(patience, len(arrivals))
    contacts = [Contact(0, *row) for row in zip(arrivals.tolist(), service.tolist(), patient.tolist(), strict=True)]
    gave_up = [] if gave_up is None else gave_up

    def again(contact, now):
        gave_up.append(now - contact.arrived_at)

    floor = Floor(target_seconds=[20 / 60], agents=12, contacts=contacts, rules=Rules(places=places, again=again))
    for agent in range(12):
        floor.sign_on(agent=agent, until=math.inf, eligible=(0,), queue=0)
    floor.advance(480.0)
    busy = busy_seconds(floor)
    floor.advance(10_000.0)
    return floor.tallies[0], busy / (12 * 480.0)


def mmc_days(count=400, **options):
    days = [mmc(seed, **options) for seed in range(count)]
    total = Tally()
    for tally, _ in days:
        for field in Tally.__slots__:
            setattr(total, field, getattr(total, field) + getattr(tally, field))
    return total, float(np.mean([occupancy for _, occupancy in days]))


def test_floor_reproduces_mmc():
    total, occupancy = mmc_days()
    expected = published("MMC")
    agrees(total.answered_in_target / total.offered, expected["Number of contacts in target"], per=2016.0)
    agrees(total.answered_in_target / total.answered, expected["Service level"])
    agrees(total.wait_seconds / total.answered, expected["Speed of answer"], margin=0.0)
    agrees(occupancy, expected["Occupancy ratio"])


def test_floor_reproduces_mmc_with_abandonment():
    gave_up = []
    total, occupancy = mmc_days(patience=1.0, gave_up=gave_up)
    late = sum(wait >= 20 / 60 for wait in gave_up)
    expected = published("MMCAb")
    agrees(total.abandoned / total.offered, expected["Number of contacts having abandoned"], per=2016.0)
    agrees(total.answered_in_target / total.offered, expected["Number of contacts in target"], per=2016.0)
    agrees(total.answered_in_target / total.answered, expected["Service level"])
    agrees(total.answered_in_target / (total.answered + late), expected["Service level with abandonment"])
    agrees((total.wait_seconds - sum(gave_up)) / total.answered, expected["Speed of answer"], margin=0.0)
    agrees(occupancy, expected["Occupancy ratio"])


def test_floor_reproduces_mmc_with_blocking():
    total, occupancy = mmc_days(places=5)
    expected = published("MMCBlocked")
    agrees(total.blocked / total.offered, expected["Number of blocked contacts"], per=2016.0)
    agrees(total.answered_in_target / total.offered, expected["Number of contacts in target"], per=2016.0)
    agrees(total.answered_in_target / total.answered, expected["Service level"])
    agrees(total.wait_seconds / total.answered, expected["Speed of answer"], margin=0.0)
    agrees(total.answered_in_target / total.offered, expected["Service level with blocked contacts"])
    agrees(occupancy, expected["Occupancy ratio"])


def test_published_cases_and_reports_agree():
    cases = json.loads((DATA / "multiskill_cases_dev.json").read_text(encoding="utf-8"))["queueing"]
    by_name = {case["name"]: case["expected"] for case in cases}
    mean, low, high = published("MMC")["Service level"]
    assert by_name["MMC"]["service_level"] == {"mean": mean, "ci95": [low, high]}
    mean, low, high = published("Bilingual")["Agents' occupancy ratio", "bilingual"]
    assert by_name["Bilingual"]["occupancy_pct"]["bilingual"] == {"mean": mean, "ci95": [low, high]}


GROUPS = {"English-only": (7, (0,)), "Spanish-only": (7, (1,)), "bilingual": (4, (0, 1))}


def bilingual_day(seed):
    """One day of Bilingual in minutes from 08:00: tallies by type, and busy minutes by group."""
    rng, chance = np.random.default_rng(seed), Random(seed)
    drawn = []
    for queue, (low, high) in enumerate([(3.0, 7.0), (4.0, 6.0)]):
        arrivals = np.concatenate([poisson(rng, 100 / 60, 60.0), 60.0 + poisson(rng, 50 / 60, 480.0)])
        service, patience = rng.uniform(low, high, len(arrivals)), rng.exponential(2.0, len(arrivals))
        drawn += [Contact(queue, *row) for row in zip(arrivals.tolist(), service, patience, strict=True)]

    def again(contact, now):
        once_more = chance.random() <= 0.75
        return (
            Contact(contact.queue, now + 20.0, contact.handle_seconds, contact.patience_seconds) if once_more else None
        )

    floor = Floor(
        target_seconds=[1.0, 1.0],
        agents=18,
        contacts=sorted(drawn, key=lambda contact: contact.arrived_at),
        rules=Rules(serve=Serve.SKILLS, lines=40, any_idle=chance, again=again),
    )
    members = [(group, eligible) for group, (size, eligible) in GROUPS.items() for _ in range(size)]
    for agent, (_, eligible) in enumerate(members):
        floor.sign_on(agent=agent, until=540.0, eligible=eligible)
    floor.advance(540.0)
    for agent in range(18):
        floor.sign_off(agent=agent)
    floor.advance(1000.0)
    busy = dict.fromkeys(GROUPS, 0.0)
    for (group, _), desk in zip(members, floor.desks, strict=True):
        busy[group] += desk.tally.busy_seconds
    return floor.tallies, busy


def test_floor_reproduces_bilingual():
    days = 600
    english, spanish, busy = Tally(), Tally(), dict.fromkeys(GROUPS, 0.0)
    for seed in range(days):
        tallies, minutes = bilingual_day(seed)
        for total, tally in zip((english, spanish), tallies, strict=True):
            for field in Tally.__slots__:
                setattr(total, field, getattr(total, field) + getattr(tally, field))
        for group in GROUPS:
            busy[group] += minutes[group]
    expected = published("Bilingual")
    week = days / 5
    for row, totals in (("English", [english]), ("Spanish", [spanish]), ("all types", [english, spanish])):
        calls = 2500.0 * len(totals)
        for title, field in (
            ("Number of served contacts", "answered"),
            ("Number of abandoned contacts", "abandoned"),
            ("Number of contacts in target", "answered_in_target"),
        ):
            mean = sum(getattr(total, field) for total in totals) / week / calls
            agrees(mean, expected[title, row], per=calls)
        level = sum(total.answered_in_target for total in totals) / week / calls
        agrees(level, expected["Service level", row], per=100.0)
    for group, (size, _) in GROUPS.items():
        occupancy = busy[group] / (size * 540.0 * days)
        agrees(occupancy, expected["Agents' occupancy ratio", group], per=100.0)


AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
HOURLY = (100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60)


def call_cc(seed, busyness):
    """One day of CallCC in seconds: waits of all calls, and how many abandoned."""
    rng = np.random.default_rng(seed)
    hours = [3600.0 * hour + poisson(rng, busyness * rate / 3600, 3600.0) for hour, rate in enumerate(HOURLY)]
    arrivals = np.concatenate(hours)
    patience = np.where(rng.random(len(arrivals)) < 0.1, 0.0, rng.exponential(1000.0, len(arrivals)))
    service = rng.exponential(100.0, len(arrivals))
    contacts = [Contact(0, *row) for row in zip(arrivals.tolist(), service.tolist(), patience.tolist(), strict=True)]
    left_early = []

    def again(contact, now):
        left_early.append(now - contact.arrived_at < 20.0)

    floor = Floor(target_seconds=[20.0], agents=max(AGENTS), contacts=contacts, rules=Rules(again=again))
    for hour, wanted in enumerate(AGENTS):
        floor.advance(3600.0 * hour)
        for agent, desk in enumerate(floor.desks):
            if agent < wanted and not desk.on_duty():
                floor.sign_on(agent=agent, until=math.inf, eligible=(0,), queue=0)
            elif agent >= wanted and desk.on_duty():
                floor.sign_off(agent=agent)
    floor.advance(10**6)
    return floor.tallies[0], sum(left_early)


def test_floor_reproduces_call_cc():
    """The day's busyness, gamma with shape 10 and mean 1, is stratified: 500 equally likely values."""
    days = 500
    busyness = stats.gamma(10.0, scale=0.1).ppf((np.arange(days) + 0.5) / days)
    results = [call_cc(seed, factor) for seed, factor in enumerate(busyness.tolist())]
    expected, calls = published("CallCC"), 1660.0 * days
    agrees(sum(tally.wait_seconds for tally, _ in results) / calls,
           expected["Average waiting time per customer"], margin=0.0)  # fmt: skip
    early = sum(tally.answered_in_target + left_early for tally, left_early in results) / calls
    agrees(early, expected["Proportion of waiting times < s"])
    agrees(sum(tally.abandoned for tally, _ in results) / calls, expected["Proportion of calls lost"])
