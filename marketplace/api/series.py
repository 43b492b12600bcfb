"""Shifts that come again, by API: templates, weekly series and copied days, shown before anything is made."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.idempotency import idempotent
from marketplace.actions.make_shift import make_shifts
from marketplace.actions.shift_figures import ShiftFigures
from marketplace.actions.shift_templates import delete_template, keep_template, repeated, template_of
from marketplace.api.acting import Newest, acted, heard, write
from marketplace.api.plan import check_department, shift_seen
from marketplace.api.schemas import problems
from marketplace.api.series_schemas import (
    KeepTemplateSerializer,
    SeriesMadeSerializer,
    SeriesSerializer,
    TemplateSerializer,
)
from marketplace.api.shifts import MAY, TAGS, departments_seen
from marketplace.models import Queue, ShiftTemplate

PLAN = TAGS[0]


@extend_schema_view(
    get=extend_schema(
        operation_id="list_shift_templates", summary="Templates of shifts, the newest first", tags=TAGS,
        responses={200: TemplateSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class TemplatesView(ListAPIView):
    """Templates."""

    permission_classes = [MAY]
    serializer_class = TemplateSerializer
    pagination_class = Newest
    queryset = ShiftTemplate.objects.none()

    def get_queryset(self) -> QuerySet[ShiftTemplate]:
        """Those of the caller's departments."""
        return templates_seen(self.request)

    @write(
        "keep_shift_template", "Keep a shift's figures as a template", sent=KeepTemplateSerializer,
        answer=TemplateSerializer, status=201, tags=PLAN,
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """The same name again is the same template, with these figures."""
        said = heard(KeepTemplateSerializer, request).validated_data
        figures = template_of(shift_seen(request, said["shift"]), name=said["name"])
        known = ShiftTemplate.objects.filter(department=figures["department_id"], name=said["name"]).first()
        row = acted(keep_template, request, own=False, template_id=known.pk if known else None, **figures)
        return Response(TemplateSerializer(templates_seen(request).get(pk=row.pk)).data, status=201)


class TemplateView(APIView):
    """One template."""

    permission_classes = [MAY]

    @write("delete_shift_template", "Forget a template; shifts made by it stay", answer=None, status=204, tags=PLAN)
    @idempotent
    def delete(self, request: Request, template_id: int) -> Response:
        """Forget it."""
        if not templates_seen(request).filter(pk=template_id).exists():
            raise Http404
        acted(delete_template, request, own=False, template_id=template_id)
        return Response(status=204)


class SeriesView(APIView):
    """Series of shifts."""

    permission_classes = [MAY]

    @write(
        "make_shift_series", "Make a weekly series, or copy a day; or see first what would be made",
        sent=SeriesSerializer, answer=SeriesMadeSerializer, tags=PLAN,
        more="All of them or none; what has begun, or the clock skips on the night it goes forward, is left out.",
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Preview, or make."""
        figures = dict(heard(SeriesSerializer, request).validated_data)
        department, do = figures.pop("department"), figures.pop("do")
        check_department(request, department.pk)
        wanted = repeated(department_id=department.pk, now=timezone.now(), **figures)
        made: list[Any] = []
        if do != "preview":
            made = list(acted(make_shifts, request, own=False, wanted=wanted, open_now=do == "open"))
        answer = {"made": bool(made), "shifts": [shift.pk for shift in made], "wanted": _named(wanted)}
        return Response(SeriesMadeSerializer(answer).data)


def templates_seen(request: Request) -> QuerySet[ShiftTemplate]:
    """The templates of the departments that the caller plans for."""
    found, seen = ShiftTemplate.objects.select_related("department", "queue", "site"), departments_seen(request)
    return found if seen is None else found.filter(department_id__in=seen)


def _named(wanted: list[ShiftFigures]) -> list[dict[str, Any]]:
    """With the codes of their queues."""
    codes = dict(Queue.objects.filter(pk__in={one.queue_id for one in wanted}).values_list("pk", "code"))
    names = ("starts_at", "ends_at", "places", "work_place", "pay_per_hour", "bonus_per_hour")
    return [{"queue": codes.get(one.queue_id or 0), **{name: getattr(one, name) for name in names}} for one in wanted]
