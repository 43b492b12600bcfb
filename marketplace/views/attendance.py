"""I will come, I am ill; how reliable the ledger says an agent is, and appeals against its marks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import appeal as appealing
from marketplace.actions import attend
from marketplace.actions.refused import Refused
from marketplace.models import Appeal, Booking
from marketplace.queries.board import department_ids_of
from marketplace.queries.reliability import appeals_before, record_of
from marketplace.rules import may_see_board, may_work
from marketplace.views import open_shifts, today

RELIABILITY = "marketplace/attendance/reliability.html"


def _confirm(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """I will come."""
    attend.confirm(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)


def _ill(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> str:
    """I am ill: excused at once."""
    attend.report_ill(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)
    return "excused"


# the same taps on two pages, each answered with the parts of its own
confirm, ill = open_shifts.tap(_confirm), open_shifts.tap(_ill)
confirm_today, ill_today = today.tap(_confirm), today.tap(_ill)


@never_cache
@allow(may_work)
@require_safe
def reliability(request: HttpRequest) -> HttpResponse:
    """Everything that the figure is made of, for the person whom it is about and nobody else."""
    return _reliability(request)


def _reliability(request: HttpRequest, *, refusals: Sequence[str] = ()) -> HttpResponse:
    context: dict[str, Any] = {
        "record": record_of(agent_id=request.user.agent.pk, now=timezone.now()),
        "refusals": refusals,
        "page": "me",
        "tabs": today.TABS,
    }
    return render(request, RELIABILITY, context, status=409 if refusals else 200)


@allow(may_work)
@require_POST
def appeal(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Say why a mark is not deserved."""
    try:
        appealing.appeal(
            booking_id=booking_id, agent_id=request.user.agent.pk, text=request.POST.get("text", ""),
            actor=request.user.ledger_name, now=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return _reliability(request, refusals=refused.sentences)
    except Booking.DoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, _("A dispatcher will look at it and answer you here."))
    return redirect("reliability")


@never_cache
@allow(may_see_board)
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """The appeals that wait for somebody to decide, and those decided last."""
    found = appeals_before(department_ids=department_ids_of(user=request.user))
    context = {"waiting": found.waiting, "decided": found.decided, "here": "shifts"}
    return render(request, "marketplace/attendance/appeals.html", context)


@allow(may_see_board)
@require_POST
def decide_appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Uphold an appeal or turn it down; whoever dispatches for the shift's department."""
    seen = appeals_before(department_ids=department_ids_of(user=request.user)).all
    found = get_object_or_404(seen, pk=appeal_id)
    try:
        appealing.decide_appeal(
            appeal_id=found.pk, upheld=request.POST.get("upheld") == "1", answer=request.POST.get("answer", ""),
            actor=request.user.ledger_name, now=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, " ".join(refused.sentences))
    except Appeal.DoesNotExist as missing:
        raise Http404 from missing
    return redirect("appeals")
