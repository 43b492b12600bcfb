"""One person and one shift are judged as the matcher judges everybody at once."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.claiming.competence import lacking_certifications, lacking_skills
from marketplace.claiming.facts import Ability, Ask
from marketplace.matching.eligibility import Asked, Competence, Held, closure
from marketplace.matching.refusals import lacking
from marketplace.matching.state import FOREVER, NEVER

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
END = START + timedelta(hours=8)
KINDS = 4


def ability(what: int, level: int, since: int | None, hours: int | None) -> Ability:
    """Held from so many hours after the shift's start, for so many hours; None: always, for ever."""
    begin = START + timedelta(hours=-30 if since is None else since)
    until = None if hours is None else begin + timedelta(hours=hours)
    return Ability(what, level, None if since is None else begin, until)


abilities = st.builds(
    ability,
    st.integers(0, KINDS - 1),
    st.integers(1, 5),
    st.none() | st.integers(-30, 30),
    st.none() | st.integers(1, 60),
)
# the matcher's table has one row for each thing that a person holds
held = st.lists(abilities, max_size=5).map(lambda found: list({one.what: one for one in found}.values()))
asks = st.lists(st.builds(Ask, st.integers(0, KINDS - 1), st.integers(1, 5)), max_size=4).map(
    lambda found: list({one.what: one for one in found}.values())
)
pairs = st.lists(st.tuples(st.integers(0, KINDS - 1), st.integers(0, KINDS - 1)), max_size=3)


def rows(found: list[Ability]) -> Held:
    def seconds(at: datetime | None, otherwise: int) -> int:
        return otherwise if at is None else int(at.timestamp())

    columns = [(0, one.what, one.level, seconds(one.since, NEVER), seconds(one.until, FOREVER)) for one in found]
    return Held(*(np.array(column, dtype=np.int64) for column in (zip(*columns, strict=True) if columns else [[]] * 5)))


def asked(found: list[Ask], *, level: bool = True) -> Asked:
    return Asked(
        queue=np.zeros(len(found), dtype=np.int64),
        what=np.array([one.what for one in found], dtype=np.int64),
        level=np.array([one.level if level else 1 for one in found], dtype=np.int64),
    )


@settings(max_examples=300)
@given(held, held, asks, asks, pairs)
def test_the_same_reasons_as_the_matcher(
    skills: list[Ability], proofs: list[Ability], wanted: list[Ask], papers: list[Ask], implied: list[tuple[int, int]]
) -> None:
    proofs = [Ability(one.what, 5, one.since, one.until) for one in proofs]
    papers = [Ask(one.what) for one in papers]
    implies = np.array(implied, dtype=np.int64).reshape(-1, 2)
    competence = Competence(
        profiles=1, queues=1, skills=rows(skills), certifications=rows(proofs), implies=implies,
        skills_asked=asked(wanted), certifications_asked=asked(papers, level=False),
    )  # fmt: skip
    through = {"now": int(START.timestamp()), "through": int(END.timestamp())}
    expected = {str(code) for code in lacking(competence, profile=0, queue=0, **through)}
    closed = frozenset(map(tuple, closure(implies).tolist()))
    found = [
        *lacking_skills(held=skills, asked=wanted, implies=closed, start=START, end=END),
        *lacking_certifications(held=proofs, asked=papers, start=START, end=END),
    ]
    assert {str(reason.code) for reason in found} == expected
