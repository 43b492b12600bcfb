"""Reading a JSON body within bounds, whatever is sent."""

import codecs
import json
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from gigcx.body_limit import too_large
from gigcx.problems import Problem

SUSPECT = re.compile(rb"\\u(0000|d[89a-f])", re.IGNORECASE)
"""Only an escape can bring a NUL character or half of a surrogate pair: a bare one is no JSON, or no UTF-8."""


class JSONBody(BaseParser):
    """JSON in UTF-8, up to LARGEST_BODY of the settings.

    Raises 413 for more, 400 for what is no JSON (NaN and Infinity are none). For endpoints that look at every text
    themselves, and name the rows with bad ones.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> object:
        """The value that the body holds."""
        body = stream.read(settings.LARGEST_BODY + 1)
        if len(body) > settings.LARGEST_BODY:
            raise Problem(status=413, code="too_large", detail=too_large(settings.LARGEST_BODY))
        try:
            return self.checked(
                body, json.loads(body.removeprefix(codecs.BOM_UTF8).decode(), parse_constant=_refuse_constant)
            )
        except RecursionError:
            raise ParseError("This JSON is nested too deeply.") from None
        except ValueError as problem:  # not UTF-8, not JSON, or a number of thousands of digits
            raise ParseError(f"This is not JSON: {problem}.") from None

    def checked(self, body: bytes, said: object) -> object:
        """What was said, if it may be; `body` is as it was sent. Raises `ParseError`."""
        return said


class KeepableJSONBody(JSONBody):
    """The same without text that no database keeps: with NUL characters, or halves of surrogate pairs."""

    def checked(self, body: bytes, said: object) -> object:
        """Raises `ParseError`."""
        if SUSPECT.search(body) and not _keepable(said):
            raise ParseError("A text has a NUL character, or half of a surrogate pair.")
        return said


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _keepable(said: object) -> bool:
    left = [said]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
            return False
    return True
