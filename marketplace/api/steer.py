"""What a dispatcher does from the board, by API: moves by hand, the matcher's moves, pins, objections, modes."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from gigcx.accounts.models import Agent, Department
from gigcx.accounts.permissions import by
from gigcx.idempotency import idempotent
from marketplace.actions.answer import hear
from marketplace.actions.decide import accept, reject, revert
from marketplace.actions.dispatch import dispatch
from marketplace.actions.mode import set_mode, set_stopped
from marketplace.actions.pin import set_pinned
from marketplace.api.acting import Answer, Newest, acted, heard, tap, write
from marketplace.api.schemas import problems
from marketplace.matching.state import Mode
from marketplace.models import Move, Objection, Queue
from marketplace.queries.board import department_ids_of, within
from marketplace.queries.moves import moves_seen, objections_seen
from marketplace.queries.people import person
from marketplace.rules import may_dispatch, may_see_board

MAY = [by(may_see_board)]
TAGS = ["The board"]


class MoveSerializer(serializers.ModelSerializer):
    """A reassignment with its score terms."""

    agent = serializers.CharField(source="agent.code")
    source = serializers.CharField(source="source.code", default=None, allow_null=True, help_text="null: no queue.")
    target = serializers.CharField(source="target.code")
    by_matcher = serializers.SerializerMethodField()

    class Meta:
        model = Move
        fields = [
            "id", "agent", "source", "target", "status", "by_matcher", "gain", "loss", "cost", "created_at",
            "decided_at", "acknowledged_at", "reason",
        ]  # fmt: skip

    def get_by_matcher(self, move: Move) -> bool:
        """Whether the matcher planned it; else a person did."""
        return move.run_id is not None


class HandSerializer(serializers.Serializer):
    """A move by hand."""

    agent = serializers.SlugRelatedField("code", queryset=Agent.objects.all())
    queue = serializers.SlugRelatedField("code", queryset=Queue.objects.all())
    pin = serializers.BooleanField(default=False, help_text="The matcher may not move the agent away again.")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PinSerializer(serializers.Serializer):
    """Whether the matcher may move an agent."""

    agent = serializers.SlugRelatedField("code", queryset=Agent.objects.all())
    pinned = serializers.BooleanField()


class SaidSerializer(serializers.ModelSerializer):
    """An agent's no to a move, not heard yet."""

    agent = serializers.CharField(source="move.agent.code")
    move = serializers.IntegerField(source="move_id")

    class Meta:
        model = Objection
        fields = ["id", "agent", "move", "text", "at", "heard_at"]


class ModeSerializer(serializers.Serializer):
    """How far the matcher may go in a department."""

    department = serializers.SlugRelatedField("name", queryset=Department.objects.all())
    mode = serializers.ChoiceField(choices=[mode.name.lower() for mode in Mode])


class StopSerializer(serializers.Serializer):
    """The switch that stops every automatic move."""

    stopped = serializers.BooleanField()


def _moves(request: Request) -> QuerySet[Move]:
    return moves_seen(department_ids=department_ids_of(user=request.user)).select_related("agent", "source", "target")


def _objections(request: Request) -> QuerySet[Objection]:
    return objections_seen(department_ids=department_ids_of(user=request.user)).select_related("move__agent")


def _check_move(request: Request, *, move_id: int) -> None:
    """Others' moves are not there."""
    if not _moves(request).filter(pk=move_id).exists():
        raise Http404


def _check_both(request: Request, *, move_id: int) -> None:
    """A proposed move is made by who dispatches both departments."""
    move = _moves(request).filter(pk=move_id).first()
    if move is None:
        raise Http404
    _check_dispatches(request, move.target.department_id, (move.source or move.target).department_id)


def _check_dispatches(request: Request, *department_ids: int) -> None:
    if not all(may_dispatch(request.user, department) for department in department_ids):
        raise PermissionDenied


def _check_objection(request: Request, *, objection_id: int) -> None:
    if not _objections(request).filter(pk=objection_id).exists():
        raise Http404


MOVE = Answer(MoveSerializer, lambda move, **_: move)
STEER: dict[str, Any] = {"own": False, "may": MAY, "tags": TAGS[0]}
AcceptMoveView = tap("accept_move", "Make a proposed move", accept, answer=MOVE, before=_check_both, **STEER)
RejectMoveView = tap("reject_move", "Say no to a proposed move", reject, answer=MOVE, before=_check_move, **STEER)
UndoMoveView = tap("undo_move", "Send the agent back, and pin there", revert, answer=MOVE, before=_check_move, **STEER)
HeardView = tap("hear_objection", "Say that an objection was read", hear, answer=None, before=_check_objection, **STEER)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_moves", summary="Moves from or to your queues, proposed and made, the newest first",
        tags=TAGS, responses={200: MoveSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class MovesView(ListAPIView):
    """Moves, and moves by hand."""

    permission_classes = MAY
    serializer_class = MoveSerializer
    pagination_class = Newest
    queryset = Move.objects.none()

    def get_queryset(self) -> QuerySet[Move]:
        """Those in the caller's view."""
        return _moves(self.request)

    @write(
        "move_by_hand", "Move an agent now", sent=HandSerializer, answer=MoveSerializer, status=201, tags=TAGS[0],
        more="It beats the matcher, but not skills, certifications or duty.",
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """By who dispatches both departments."""
        said = heard(HandSerializer, request).validated_data
        seen = department_ids_of(user=request.user)
        now = person(agent_id=said["agent"].pk, department_ids=seen)
        queue = Queue.objects.filter(within(seen), pk=said["queue"].pk).first()
        if now is None or queue is None:
            raise Http404
        giving = now.now.queue.department_id if now.now.queue else now.now.department_id
        _check_dispatches(request, giving, queue.department_id)
        move = acted(
            dispatch, request, own=False, agent_id=said["agent"].pk, queue_id=queue.pk, pin=said["pin"],
            reason=said["reason"],
        )  # fmt: skip
        return Response(MoveSerializer(_moves(request).get(pk=move.pk)).data, status=201)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_objections", summary="What agents said against moves, the newest first", tags=TAGS,
        responses={200: SaidSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class ObjectionsView(ListAPIView):
    """Objections."""

    permission_classes = MAY
    serializer_class = SaidSerializer
    pagination_class = Newest
    queryset = Objection.objects.none()

    def get_queryset(self) -> QuerySet[Objection]:
        """About moves in the caller's view."""
        return _objections(self.request)


def _pin(*, agent: Agent, pinned: bool, **who: Any) -> None:
    set_pinned(agent_id=agent.pk, pinned=pinned, **who)


def _mode(*, department: Department, mode: str, **who: Any) -> None:
    set_mode(department_id=department.pk, mode=Mode[mode.upper()], **who)


def _check_person(request: Request) -> None:
    agent = heard(PinSerializer, request).validated_data["agent"]
    if person(agent_id=agent.pk, department_ids=department_ids_of(user=request.user)) is None:
        raise Http404


def _check_department(request: Request) -> None:
    if not may_dispatch(request.user, heard(ModeSerializer, request).validated_data["department"].pk):
        raise Http404


PinView = tap(
    "pin_agent", "Pin an agent on duty to the present queue, or unpin", _pin, sent=PinSerializer, answer=None,
    before=_check_person, **STEER,
)  # fmt: skip
ModeView = tap(
    "set_mode", "Set how far the matcher may go in a department", _mode, sent=ModeSerializer, answer=None,
    before=_check_department, **STEER,
)  # fmt: skip
StopView = tap(
    "stop_matcher", "Stop every automatic move, or let the matcher go on", set_stopped, sent=StopSerializer,
    answer=None, **STEER,
)  # fmt: skip
