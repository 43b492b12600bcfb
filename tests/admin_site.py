"""Using the admin pages as a person does: sign in, fill in a form, look at what it answers."""

from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from gigcx.accounts.models import Role, User


def signed_in(role: Role, email: str = "mina@example.org") -> Client:
    """A browser in which somebody with this role is signed in."""
    user = User.objects.create_user(email, "a long password", name="Mina", role=role)
    client = Client()
    client.force_login(user)
    return client


def address(model: type[Model], page: str, pk: int | None = None) -> str:
    """Of a page of the admin: `changelist`, `add`, `change`, `delete`, `history`."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[pk] if pk else [])


def fill_in(client: Client, model: type[Model], pk: int | None = None, **cells: Any) -> HttpResponse:
    """Open the form, set these cells, save. A cell that is None is cleared, of a box unticked."""
    url = address(model, "change" if pk else "add", pk)
    page = client.get(url)
    assert page.status_code == 200
    data = _shown(page)
    data.update(cells)
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def refusals(page: HttpResponse) -> dict[str, list[str]]:
    """What the form complains about, by field (`__all__` for the form as a whole), inlines included."""
    assert page.status_code == 200
    found = {field: list(errors) for field, errors in page.context["adminform"].form.errors.items()}
    for inline in page.context["inline_admin_formsets"]:
        for index, errors in enumerate(inline.formset.errors):
            found.update({f"{inline.formset.prefix}-{index}-{field}": list(text) for field, text in errors.items()})
    return found


def _shown(page: HttpResponse) -> dict[str, Any]:
    """The form as the browser would send it back."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            value = value() if callable(value) else value
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                parts = widget.decompress(value)
                data |= {f"{bound.html_name}_{index}": part for index, part in enumerate(parts) if part is not None}
            elif value is False or value is None:
                continue
            elif isinstance(value, list | tuple):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            else:
                data[bound.html_name] = "on" if value is True else getattr(value, "pk", value)
    return data
