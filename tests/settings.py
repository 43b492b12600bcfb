"""Settings of the tests: the product's own, with what would only cost time made cheap."""

import os

os.environ.setdefault("GIGCX_SECRET_KEY", "of the tests, and of nothing else")

from gigcx.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
