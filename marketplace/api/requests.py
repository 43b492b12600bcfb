"""Requests of people by API: time off, skills to verify; and the calendars that agents bring."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by, is_admin, is_dispatcher
from gigcx.idempotency import idempotent
from marketplace.actions import busy_calendars, time_off
from marketplace.api.acting import MAY, Answer, Newest, heard, refusals, tap, who, write
from marketplace.api.own_schemas import (
    AnswerSerializer,
    BusyCalendarSerializer,
    CalendarFileSerializer,
    SkillRequestSerializer,
    TimeOffSerializer,
    VerifySerializer,
)
from marketplace.api.schemas import problems
from marketplace.claiming.hours import Period
from marketplace.models import BusyCalendar, TimeOff
from marketplace.queries.board import department_ids_of
from marketplace.queries.time_off import time_off_of
from marketplace.rules import may_administer, may_see_board, may_work
from skills.actions.requests import ask_for_skill, refuse_skill, verify_skill, withdraw_skill_request
from skills.models import SkillRequest

TAG = "Requests"


def listing(operation: str, summary: str, answer: Any) -> Any:
    """The schema of a list."""
    schema = extend_schema(
        operation_id=operation,
        summary=summary,
        tags=[TAG],
        responses={200: answer(many=True), **problems(401, 403, 404)},
    )
    return extend_schema_view(get=schema)


def _read_text(*, ics: str, **figures: Any) -> BusyCalendar:
    return busy_calendars.read_file(content=ics.encode(), **figures)


WithdrawTimeOffView = tap(
    "withdraw_time_off", "Withdraw your time off", time_off.withdraw_time_off, answer=None, tags=TAG
)
WithdrawSkillView = tap(
    "withdraw_skill_request", "Withdraw a skill you declared", withdraw_skill_request, answer=None, tags=TAG
)
ReadCalendarView = tap(
    "read_busy_calendar", "Have a calendar read again from its address", busy_calendars.read_again, answer=None,
    tags=TAG,
)  # fmt: skip
CalendarFileView = tap(
    "add_busy_calendar_file", "Bring a calendar as a file", _read_text, sent=CalendarFileSerializer, status=201,
    answer=Answer(BusyCalendarSerializer, lambda row, **_: row), tags=TAG,
)  # fmt: skip


@listing("list_time_off", "Your time off; for dispatchers, that of the people of their departments", TimeOffSerializer)
class TimeOffView(ListAPIView):
    """Time off."""

    permission_classes = [by(may_work) | by(may_see_board)]
    serializer_class = TimeOffSerializer
    pagination_class = Newest
    queryset = TimeOff.objects.none()

    def get_queryset(self) -> QuerySet[TimeOff]:
        """What the caller may see."""
        user = self.request.user
        if is_dispatcher(user):
            return time_off_of(department_ids=department_ids_of(user=user))
        return time_off_of(department_ids=None).filter(agent=user.agent)

    def get_permissions(self) -> list[Any]:
        """Only agents ask."""
        return [one() for one in MAY] if self.request.method == "POST" else super().get_permissions()

    @write("ask_time_off", "Ask for time off", sent=TimeOffSerializer, answer=TimeOffSerializer, status=201, tags=TAG)
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask."""
        said = heard(TimeOffSerializer, request).validated_data
        period = Period(said["period"]["lower"], said["period"]["upper"])
        with refusals():
            row = time_off.ask_time_off(
                agent_id=request.user.agent.pk, period=period, reason=said.get("reason", ""), **who(request)
            )
        return Response(TimeOffSerializer(row).data, status=201)


class AnswerTimeOffView(APIView):
    """A dispatcher answers."""

    permission_classes = [by(may_see_board)]

    @write("answer_time_off", "Grant or refuse time off", sent=AnswerSerializer, answer=TimeOffSerializer, tags=TAG)
    @idempotent
    def post(self, request: Request, time_off_id: int) -> Response:
        """Only for people of the caller's departments."""
        row = get_object_or_404(time_off_of(department_ids=department_ids_of(user=request.user)), pk=time_off_id)
        said = heard(AnswerSerializer, request).validated_data
        answer = time_off.grant_time_off if said["grant"] else time_off.refuse_time_off
        with refusals():
            row = answer(time_off_id=row.pk, note=said["note"], **who(request))
        return Response(TimeOffSerializer(row).data)


@listing("list_skill_requests", "The skills you declared; for admins, those of everybody", SkillRequestSerializer)
class SkillRequestsView(ListAPIView):
    """Skills declared."""

    permission_classes = [by(may_work) | by(may_administer)]
    serializer_class = SkillRequestSerializer
    pagination_class = Newest
    queryset = SkillRequest.objects.none()

    def get_queryset(self) -> QuerySet[SkillRequest]:
        """What the caller may see."""
        rows = SkillRequest.objects.select_related("agent", "skill")
        return rows if is_admin(self.request.user) else rows.filter(agent=self.request.user.agent)

    def get_permissions(self) -> list[Any]:
        """Only agents ask."""
        return [one() for one in MAY] if self.request.method == "POST" else super().get_permissions()

    @write(
        "ask_for_skill",
        "Declare a skill",
        sent=SkillRequestSerializer,
        answer=SkillRequestSerializer,
        status=201,
        tags=TAG,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Declare."""
        said = {"evidence": ""} | heard(SkillRequestSerializer, request).validated_data
        with refusals():
            row = ask_for_skill(agent=request.user.agent, **said, **who(request))
        return Response(SkillRequestSerializer(row).data, status=201)


class AnswerSkillView(APIView):
    """An admin answers."""

    permission_classes = [by(may_administer)]

    @write(
        "answer_skill_request",
        "Verify a skill, or refuse",
        sent=VerifySerializer,
        answer=SkillRequestSerializer,
        tags=TAG,
    )
    @idempotent
    def post(self, request: Request, request_id: int) -> Response:
        """Verify or refuse."""
        said = heard(VerifySerializer, request).validated_data
        figures = {"request_id": request_id, "note": said["note"], "by": request.user} | who(request)
        with refusals():
            if said["level"] is None:
                row = refuse_skill(**figures)
            else:
                row = verify_skill(level=said["level"], valid_until=said["valid_until"], **figures)
        return Response(SkillRequestSerializer(row).data)


@listing("list_busy_calendars", "The calendars you brought", BusyCalendarSerializer)
class BusyCalendarsView(ListAPIView):
    """Calendars brought along."""

    permission_classes = MAY
    serializer_class = BusyCalendarSerializer
    pagination_class = Newest
    queryset = BusyCalendar.objects.none()

    def get_queryset(self) -> QuerySet[BusyCalendar]:
        """The caller's own."""
        return BusyCalendar.objects.filter(agent=self.request.user.agent)

    @write("add_busy_calendar", "Bring a calendar by its address", sent=BusyCalendarSerializer,
           answer=BusyCalendarSerializer, status=201, tags=TAG)  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Its busy times are kept free from soon on."""
        said = heard(BusyCalendarSerializer, request).validated_data
        with refusals():
            row = busy_calendars.add_calendar(agent_id=request.user.agent.pk, **said, **who(request))
        return Response(BusyCalendarSerializer(row).data, status=201)


class BusyCalendarView(APIView):
    """One calendar brought along."""

    permission_classes = MAY

    @write("remove_busy_calendar", "Take a calendar away with its busy times", answer=None, status=204, tags=TAG)
    @idempotent
    def delete(self, request: Request, calendar_id: int) -> Response:
        """Take it away."""
        with refusals():
            busy_calendars.remove_calendar(calendar_id=calendar_id, agent_id=request.user.agent.pk, **who(request))
        return Response(status=204)
