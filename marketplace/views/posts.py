"""A form of an agent's page: a POST that changes something of his or her own, then the page again with what came of it.

Works without script. What is refused is said in its words; what is not there is 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from gigcx.accounts.permissions import Predicate, allow
from marketplace.actions.refused import Refused

View = Callable[..., HttpResponse]


def posts(*, home: str, may: Predicate) -> Callable[[Callable[..., str]], View]:
    """Decorators for the forms of one page. Each gets `actor` and `now` and returns what to say when it is done."""

    def post(view: Callable[..., str]) -> View:
        @wraps(view)
        def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                said = view(request, *args, actor=request.user.ledger_name, now=timezone.now(), **kwargs)
                messages.success(request, said)
            except Refused as refused:
                messages.error(request, " ".join(refused.sentences))
            except ObjectDoesNotExist as missing:
                raise Http404 from missing
            return redirect(home)

        return allow(may)(require_POST(posted))

    return post
