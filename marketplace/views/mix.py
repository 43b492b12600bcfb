"""The mix: whose hours for each week of the year, at the certainty that one is ready to pay for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.models import Department
from gigcx.accounts.permissions import allow
from marketplace.models.supply import SupplyKind
from marketplace.queries.mix import WeekNeed, read_week_needs
from marketplace.queries.supply import Supplies, supplies
from marketplace.queries.year_mix import USUAL, mix_curve, mix_year, reaches
from marketplace.rules import may_see_board
from marketplace.staffing.mix import CHANCES, Mix, Tier
from marketplace.templatetags.figures import percent
from marketplace.templatetags.shift_figures import round_money
from marketplace.views.board import view_of
from marketplace.views.charts import Chart, Mark, Scale, Series, Tick, between, line, steps, upright
from marketplace.views.demand import y_ticks
from marketplace.views.said import number_of
from marketplace.views.time_axis import month_ticks


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person asked for."""

    department: Department
    sure: float
    week: int
    """Which of the coming weeks the trade-off is of."""


@never_cache
@allow(may_see_board)
@require_safe
def mix_page(request: HttpRequest) -> HttpResponse:
    """The whole page; `?department=`, `?sure=` (percent) and `?week=` choose."""
    seen = view_of(request.user)
    all_of_them = Department.objects.order_by("name")
    departments = list(all_of_them if seen is None else all_of_them.filter(pk__in=seen))
    context: dict[str, Any] = {"departments": departments, "chances": CHANCES}
    if departments:
        asked = request.GET.get("department", "")
        department = next((one for one in departments if str(one.pk) == asked), departments[0])
        weeks = read_week_needs(department_ids=[department.pk], now=timezone.now())
        known = supplies(department_ids=[department.pk])
        choice = Choice(
            department=department,
            sure=min(CHANCES, key=lambda chance: abs(chance - _sure(request.GET.get("sure", "")))),
            week=min(number_of(request.GET.get("week", "")) or 0, max(len(weeks) - 1, 0)),
        )
        context |= {"choice": choice, "weeks": weeks, "known": known}
        if weeks and known:
            left_out = [f"{tier.name} ({others.currency})" for others in known[1:] for tier in others.tiers]
            context |= _pictures(weeks, known[0], choice) | {"left_out": ", ".join(left_out)}
    return render(request, "marketplace/demand/mix.html", context)


def _sure(percent: str) -> float:
    return float(percent) / 100 if percent.isascii() and percent.replace(".", "", 1).isdecimal() else USUAL


def _pictures(weeks: Sequence[WeekNeed], known: Supplies, choice: Choice) -> dict[str, object]:
    year, week = mix_year(weeks, known, sure=choice.sure), weeks[choice.week]
    curve = mix_curve(week, known)
    here = CHANCES.index(choice.sure)
    further = here + 1 < len(curve) and curve[here + 1].met > curve[here].met
    dearer = curve[here + 1].cost - curve[here].cost if further else None
    return {
        "bars": bar_chart(weeks, year.plans, known.tiers),
        "curve": curve_chart(curve, known, sure=choice.sure),
        "cost": round_money(year.cost, known.currency),
        "hours": number_format(round(year.hours), force_grouping=True),
        "short": year.short,
        "week": week,
        "here": curve[here],
        "reached": reaches(curve[here], sure=choice.sure),
        "week_cost": round_money(curve[here].cost, known.currency),
        "dearer": None if dearer is None else round_money(dearer, known.currency),
        "next_sure": CHANCES[here + 1] if dearer is not None else None,
        "tiers": [
            (tier, number_format(round(hours), force_grouping=True))
            for tier, hours in zip(known.tiers, curve[here].hours, strict=True)
        ],
        "currency": known.currency,
    }


def bar_chart(weeks: Sequence[WeekNeed], plans: Sequence[Mix], tiers: Sequence[Tier]) -> Chart:
    """Hours planned a week, stacked by whose they are, under the line of the need of a typical week."""
    edges = np.linspace(0, 1, len(weeks) + 1)
    kinds = [kind for kind in SupplyKind if any(tier.kind == kind for tier in tiers)]
    table = np.array([plan.hours for plan in plans]).reshape(len(plans), len(tiers))
    hours = [table[:, [tier.kind == kind for tier in tiers]].sum(axis=1) for kind in kinds]
    total = np.sum(hours, axis=0)
    middle = np.array([week.middle for week in weeks])
    scale, figures = upright([total, middle])
    series, below = [], np.zeros(len(weeks))
    for kind, part in zip(kinds, hours, strict=True):
        shape = between(edges, scale.at(below), scale.at(below + part))
        series.append(Series(kind.value, shape, str(kind.label), is_area=True))
        below = below + part
    series.append(Series("need", steps(edges, scale.at(middle)), _("needed in a typical week")))
    return Chart(
        name="bars",
        series=series,
        x_ticks=month_ticks([week.starts_on for week in weeks]),
        y_ticks=y_ticks(scale, figures),
        columns=[
            _("Week of"),
            *(str(kind.label) for kind in kinds),
            _("needed"),
            _("chance to cover"),
        ],
        rows=[
            [
                date_format(week.starts_on, "j M Y"),
                *(f"{part[index]:.0f} h" for part in hours),
                f"{week.middle:.0f} h",
                percent(plan.met),
            ]
            for index, (week, plan) in enumerate(zip(weeks, plans, strict=True))
        ],
    )


def curve_chart(curve: Sequence[Mix], known: Supplies, *, sure: float) -> Chart:
    """What certainty costs in one week: from an even chance to nearly always."""
    x = (np.arange(len(CHANCES)) + 0.5) / len(CHANCES)
    cost = np.array([plan.cost / 100 for plan in curve])
    lowest, highest = float(cost.min()), float(cost.max())
    room = max(highest - lowest, 0.05 * highest, 1.0)
    scale = Scale(lowest - 0.25 * room, highest + 0.1 * room)
    at = float(x[CHANCES.index(sure)])
    return Chart(
        name="curve",
        series=[Series("came", line(x, scale.at(cost)), "")],
        x_ticks=[
            Tick(at=round(100 * float(part), 2), label=f"{100 * chance:g} %", minor=index % 2 == 1)
            for index, (part, chance) in enumerate(zip(x, CHANCES, strict=True))
        ],
        y_ticks=y_ticks(scale, [lowest, highest]),
        columns=[_("Chance to cover"), _("cost"), *(tier.name for tier in known.tiers)],
        rows=[
            [percent(plan.met), round_money(plan.cost, known.currency), *(f"{hours:.0f} h" for hours in plan.hours)]
            for plan in curve
        ],
        marks=[Mark(at=round(100 * at, 2), width=0, label=f"{100 * sure:g} %", kind="now")],
    )
