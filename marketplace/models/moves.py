"""Matcher runs and their moves: what was decided, why, and what became of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gigcx.accounts.models import Agent
from marketplace.models.queues import Queue
from marketplace.vocabulary import MoveState


class MatcherRun(models.Model):
    """One tick of the matcher."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    trigger = models.CharField(max_length=48)
    agents = models.IntegerField(default=0)
    queues = models.IntegerField(default=0)
    objective = models.FloatField(null=True)
    planned = models.IntegerField(default=0)
    applied = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="run_started")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class RunRecord(models.Model):
    """The whole State that a run saw, kept for runs that decided something, so that anyone can do the tick again."""

    run = models.OneToOneField(MatcherRun, primary_key=True, on_delete=models.CASCADE, related_name="record")
    state = models.BinaryField()

    def __str__(self) -> str:
        return f"record of run {self.run_id}"


class Move(models.Model):
    """One reassignment with its score terms: why this person, from where, what it gains there and costs here."""

    run = models.ForeignKey(MatcherRun, null=True, on_delete=models.CASCADE, related_name="moves")
    # the two indexes below begin with what is asked for; one more a column would cost every tick
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="moves", db_index=False)
    source = models.ForeignKey(Queue, null=True, on_delete=models.CASCADE, related_name="moves_away", db_index=False)
    target = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="moves_here", db_index=False)
    status = models.CharField(max_length=8, choices=MoveState)
    mode = models.PositiveSmallIntegerField(default=3, help_text="The mode under which it was planned.")
    gain = models.FloatField(null=True)
    loss = models.FloatField(null=True)
    cost = models.FloatField(null=True)
    terms = models.JSONField(default=dict)
    refusals = ArrayField(models.CharField(max_length=32), default=list)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True, help_text="When the switch showed the agent available there.")
    acknowledged_at = models.DateTimeField(null=True, help_text="When the agent said: got it.")
    actor = models.CharField(max_length=64, help_text="As the ledger names the one who moved.")
    reason = models.CharField(max_length=200, blank=True, help_text="What a dispatcher wrote.")

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="move_created"),
            models.Index(fields=["agent", "-created_at"], name="move_agent"),
            models.Index(fields=["agent"], name="move_open", condition=models.Q(status="proposed")),
            models.Index(fields=["-created_at"], name="move_arrived", condition=models.Q(arrived_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.source_id} → {self.target_id} {self.status}"


class Objection(models.Model):
    """An agent's no to a move; heard by a person, changes nothing by itself."""

    move = models.OneToOneField(Move, on_delete=models.CASCADE, related_name="objection")
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    heard_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"objection to move {self.move_id}"
