"""Bring the database up to date, in one process: each start of Django costs a second or two."""

import argparse
import os

import django
from django.core.management import call_command


def main() -> None:
    """Migrate, and what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m gigcx.prepare", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo")
    parser.add_argument(
        "--link-to", type=int, help="write the first admin's link to this open file, if there is no admin"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
    django.setup()
    call_command("migrate", interactive=False)
    if options.demo:
        call_command("demo_data")
    if options.link_to is not None:
        with os.fdopen(options.link_to, "w") as link:
            call_command("first_admin_link", stdout=link)


if __name__ == "__main__":
    main()
