"""Where each person starts, the look of the pages, and the one-time page that makes the first admin."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gigcx.accounts.first_admin import FirstAdminForm, link_is_valid, make_first_admin
from gigcx.accounts.models import Role, User


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the page of his or her work."""
    if request.user.role == Role.AGENT:
        return redirect("today")
    return redirect("board")


@login_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device."""
    theme = request.POST.get("theme", "")
    if theme in {"", "light", "dark"}:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    back = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "home")


@sensitive_post_parameters("password")
def first_admin(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the first admin with the link that `up --no-demo` printed; 404 once there is one."""
    if not link_is_valid(secret=secret):
        raise Http404
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = make_first_admin(now=timezone.now(), **form.cleaned_data)
        if user is None:
            raise Http404
        login(request, user)
        return redirect("board")
    return render(request, "accounts/first_admin.html", {"form": form})
