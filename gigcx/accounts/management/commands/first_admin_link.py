"""`manage.py first_admin_link`: print the one-time link that makes the first admin."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from gigcx.accounts.first_admin import make_secret, there_is_an_admin


class Command(BaseCommand):
    help = "Print a one-time link that makes the first admin; nothing if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        if there_is_an_admin():
            self.stderr.write("There is an admin already: sign in.")
            return
        self.stdout.write(settings.URL.rstrip("/") + reverse("first_admin", args=[make_secret()]))
