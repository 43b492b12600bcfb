"""`GET /api/v1/mix/`: whose hours for each week of the year, as the page of the mix shows it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.problems import Problem
from marketplace.api.kept import READERS
from marketplace.api.schemas import problems
from marketplace.api.shifts import department_asked
from marketplace.models.supply import SupplyKind
from marketplace.queries.mix import WeekNeed, read_week_needs
from marketplace.queries.supply import Supplies, supplies
from marketplace.queries.year_mix import USUAL, mix_curve, mix_year, reaches
from marketplace.staffing.mix import CHANCES, Mix


class MixHoursSerializer(serializers.Serializer):
    """Hours to plan of one supply: committed, or held ready."""

    supply = serializers.CharField(help_text="Its name.")
    hours = serializers.FloatField()


class MixPlanSerializer(serializers.Serializer):
    """The least expected cost of one week at one chance."""

    chance = serializers.FloatField(help_text="Asked for.")
    met = serializers.FloatField(help_text="The chance that the need is covered in full.")
    reached = serializers.BooleanField(help_text="false: all the hours that there are don't cover it so surely.")
    cost = serializers.IntegerField(help_text="Expected, in minor units.")
    missing = serializers.FloatField(help_text="Hours of need expected to be left uncovered.")
    hours = MixHoursSerializer(many=True)


class MixWeekSerializer(serializers.Serializer):
    """What one week needs, and its mix."""

    starts_on = serializers.DateField()
    p10 = serializers.FloatField(help_text="Hours to plan, in a quiet week.")
    p50 = serializers.FloatField(help_text="In a typical one.")
    p90 = serializers.FloatField(help_text="In a busy one.")
    plan = MixPlanSerializer(allow_null=True, help_text="null: there are no supplies.")


class MixSupplySerializer(serializers.Serializer):
    """A supply that is mixed."""

    supply = serializers.CharField(source="name")
    kind = serializers.ChoiceField(choices=SupplyKind.choices)
    called = serializers.BooleanField(help_text="Called, and paid, when the need is seen; else planned ahead.")


class TradeOffSerializer(serializers.Serializer):
    """What certainty costs in one week."""

    starts_on = serializers.DateField()
    plans = MixPlanSerializer(many=True, help_text="By chance, ascending.")


class MixSerializer(serializers.Serializer):
    """The coming weeks at one chance, and one of them at every chance."""

    department = serializers.CharField(source="department.name")
    chance = serializers.FloatField()
    currency = serializers.CharField(
        allow_null=True, help_text="The one that most of the supplies have: only those are mixed. null: there are none."
    )
    cost = serializers.IntegerField(help_text="Of all weeks, expected, in minor units.")
    hours = serializers.FloatField(help_text="Of all weeks.")
    short = serializers.IntegerField(help_text="Weeks whose plan is not `reached`.")
    supplies = MixSupplySerializer(many=True)
    weeks = MixWeekSerializer(many=True, help_text="Empty: no forecast of the weeks yet.")
    trade_off = TradeOffSerializer(allow_null=True, help_text="null: no weeks, or no supplies.")


class MixView(APIView):
    """The mix."""

    permission_classes = READERS

    @extend_schema(
        operation_id="read_mix", summary="Whose hours for each week of the year, and what certainty costs",
        description="Least expected cost of people who cover each week's need with the chance asked for.",
        tags=["Mix"],
        parameters=[
            OpenApiParameter("department", str, required=True, description="Its name."),
            OpenApiParameter("chance", float, enum=CHANCES, description=f"{USUAL}, where it is not given."),
            OpenApiParameter("week", date, description="Whose trade-off: a `starts_on`; by default the first."),
        ],
        responses={200: MixSerializer, **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Of one department."""
        department = department_asked(request)
        sure = _chance(request.query_params.get("chance", ""))
        weeks = read_week_needs(department_ids=[department.pk], now=timezone.now())
        week = _week(request.query_params.get("week", ""), weeks)
        known = next(iter(supplies(department_ids=[department.pk])), None)
        answer = {"department": department, "chance": sure} | _mixed(weeks, week, known, sure=sure)
        return Response(MixSerializer(answer).data)


def _mixed(weeks: Sequence[WeekNeed], week: WeekNeed | None, known: Supplies | None, *, sure: float) -> dict[str, Any]:
    if known is None:
        told = [_week_told(one, None) for one in weeks]
        return {"weeks": told, "supplies": (), "currency": None, "trade_off": None, "cost": 0, "hours": 0, "short": 0}
    year = mix_year(weeks, known, sure=sure)
    plans = [_plan(plan, known, chance=sure) for plan in year.plans]
    curve = [] if week is None else [
        _plan(plan, known, chance=chance) for chance, plan in zip(CHANCES, mix_curve(week, known), strict=True)
    ]  # fmt: skip
    return {
        "weeks": [_week_told(one, plan) for one, plan in zip(weeks, plans, strict=True)],
        "supplies": known.tiers,
        "currency": known.currency,
        "trade_off": week and {"starts_on": week.starts_on, "plans": curve},
        "cost": round(year.cost),
        "hours": round(year.hours, 2),
        "short": year.short,
    }


def _week_told(week: WeekNeed, plan: dict[str, Any] | None) -> dict[str, Any]:
    need = {"p10": round(week.low, 2), "p50": round(week.middle, 2), "p90": round(week.high, 2)}
    return {"starts_on": week.starts_on, **need, "plan": plan}


def _plan(plan: Mix, known: Supplies, *, chance: float) -> dict[str, Any]:
    return {
        "chance": chance,
        "met": round(plan.met, 4),
        "reached": reaches(plan, sure=chance),
        "cost": round(plan.cost),
        "missing": round(plan.missing, 2),
        "hours": [
            {"supply": tier.name, "hours": round(hours, 2)} for tier, hours in zip(known.tiers, plan.hours, strict=True)
        ],
    }  # fmt: skip


def _chance(text: str) -> float:
    """One of `CHANCES`. Raises `Problem` 400 for any other."""
    found = [chance for chance in CHANCES if text in {str(chance), f"{chance:.2f}", f"{chance:.3f}"}]
    if text and not found:
        raise Problem(status=400, code="bad_chance", detail=f"`chance` is one of {', '.join(map(str, CHANCES))}.")
    return found[0] if found else USUAL


def _week(text: str, weeks: Sequence[WeekNeed]) -> WeekNeed | None:
    """The week that begins on this day; the first for none. Raises `Problem` 400 where none begins then."""
    if not text:
        return weeks[0] if weeks else None
    found = next((week for week in weeks if week.starts_on.isoformat() == text), None)
    if found is None:
        raise Problem(status=400, code="bad_week", detail="`week` is the `starts_on` of one of the weeks.")
    return found
