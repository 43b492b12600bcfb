"""Reading a JSON body within bounds, whatever is sent."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from gigcx.body_limit import too_large
from gigcx.problems import Problem


class JSONBody(BaseParser):
    """JSON in UTF-8, up to LARGEST_BODY of the settings.

    Raises 413 for more, 400 for what is no JSON (NaN and Infinity are none).
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
            return json.loads(body.removeprefix(codecs.BOM_UTF8).decode(), parse_constant=_refuse_constant)
        except RecursionError:
            raise ParseError("This JSON is nested too deeply.") from None
        except ValueError as problem:  # not UTF-8, not JSON, or a number of thousands of digits
            raise ParseError(f"This is not JSON: {problem}.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
