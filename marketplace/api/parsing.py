"""Reading a JSON body within bounds, whatever is sent."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from gigcx.problems import Problem

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes; about 90,000 agent rows. A larger floor is sent in several batches."""


class JSONBody(BaseParser):
    """JSON in UTF-8 up to `LARGEST_BODY`. Raises 413 for more, 400 for what is no JSON (NaN and Infinity are none)."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> object:
        """The value that the body holds."""
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise Problem(
                status=413,
                code="too_large",
                detail=f"At most {LARGEST_BODY // 1024**2} MiB at once. Send it in several batches.",
            )
        try:
            return json.loads(body.removeprefix(codecs.BOM_UTF8).decode(), parse_constant=_refuse_constant)
        except RecursionError:
            raise ParseError("This JSON is nested too deeply.") from None
        except ValueError as problem:  # not UTF-8, not JSON, or a number of thousands of digits
            raise ParseError(f"This is not JSON: {problem}.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
