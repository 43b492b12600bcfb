"""People and a small floor for the tests of the pages."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gigcx.accounts.models import Agent, User
from gigcx.ledger.hub import Hub
from marketplace.actions.muster import muster
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, MarketPolicy, Move, Objection, Policy, Queue, ShiftProposal, TimeOff
from marketplace.views import broadcast
from skills.models import CompetenceVersion
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue, make_user, on_duty
from tests.marketplace.views.streams import publish


@dataclass
class Scene:
    """Ada serves cards in Retail; Dov dispatches Retail, Lena Lending; Mina is the admin."""

    cards: Queue
    savings: Queue
    loans: Queue
    ada: Agent
    agent: User
    dov: User
    lena: User
    mina: User
    move: Move
    objection: Objection
    proposal: ShiftProposal
    time_off: TimeOff

    def client(self, user: User | None, **kwargs: object) -> Client:
        """A browser in which this person is signed in."""
        client = Client(headers={"HX-Request": "true"}, **kwargs)
        if user is not None:
            client.force_login(user)
        return client

    def page(self, user: User, name: str, *args: int) -> str:
        """What this person reads at an address."""
        return self.client(user).get(reverse(name, args=args)).content.decode()


@pytest.fixture(autouse=True)
def nothing_collected(settings, tmp_path):
    """Static files as they lie: WhiteNoise warns of a folder that is not there."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def migrated(transactional_db):
    """For transactional tests."""
    _refill()


def _refill():
    """A transactional test empties every table afterwards, those that migrations filled among them."""
    Policy.objects.get_or_create(pk=1)
    CompetenceVersion.objects.get_or_create(pk=1)


@pytest.fixture
def people(migrated, monkeypatch):
    """An agent and a dispatcher whose pages may be open. The hub is theirs: it lives in the event loop of one test."""
    monkeypatch.setattr(broadcast, "hub", Hub())
    now = timezone.now()
    retail = make_department()
    cards, savings = make_queue("cards", department=retail), make_queue("savings", department=retail)
    agent = make_agent(cards, savings, user=make_user("ada@example.com"))
    make_duty(agent, queue=cards, start=now - timedelta(hours=1))
    muster(now=now)
    AgentNow.objects.update(presence=Presence.READY)
    dov = make_user("dov@example.com", role="dispatcher", departments=(retail,))
    publish()
    return {"cards": cards, "savings": savings, "agent": agent, "dov": dov}


@pytest.fixture
def policy(db):
    """The rules of the market, as they are at first."""
    MarketPolicy.objects.get_or_create(pk=1)


@pytest.fixture
def ben(scene, policy):
    """A colleague of Ada's."""
    return make_agent(scene.cards, code="ben", user=make_user("ben@example.com"))


@pytest.fixture
def scene(db):
    """The floor at ten o'clock."""
    _refill()
    with time_machine.travel(NOW, tick=False):
        retail, lending = make_department("Retail"), make_department("Lending")
        cards, savings = make_queue("cards", department=retail), make_queue("savings", department=retail)
        loans = make_queue("loans", department=lending)
        agent = make_user("ada@example.com")
        ada = make_agent(cards, savings, loans, code="ada", user=agent, department=retail)
        on_duty(ada, cards)
        move = Move.objects.create(
            agent=ada,
            source=savings,
            target=cards,
            status="applied",
            created_at=NOW,
            actor="matcher",
            gain=3.1,
            loss=0.2,
        )
        yield Scene(
            cards=cards,
            savings=savings,
            loans=loans,
            ada=ada,
            agent=agent,
            dov=make_user("dov@example.com", role="dispatcher", departments=(retail,)),
            lena=make_user("lena@example.com", role="dispatcher", departments=(lending,)),
            mina=make_user("mina@example.com", role="admin"),
            move=move,
            objection=Objection.objects.create(move=move, text="caller on hold", at=NOW),
            proposal=ShiftProposal.objects.create(
                department=retail,
                queue_ids=[cards.pk, savings.pk],
                since=NOW,
                until=NOW + timedelta(days=1),
                status="failed",
                asked_by="user:1",
                asked_at=NOW,
            ),
            time_off=TimeOff.objects.create(
                agent=ada, period=(NOW + timedelta(days=9), NOW + timedelta(days=11)), reason="wedding", asked_at=NOW
            ),
        )
