"""The body of an API request: what is read, and what is refused."""

import io
import json

import pytest
from rest_framework.exceptions import ParseError

from gigcx.json_body import JSONBody, KeepableJSONBody

UNREADABLE = ["{", "NaN", "[" * 100_000, "1" * 5000]
UNKEEPABLE = ['"\\u0000"', '{"a": ["x\\u0000"]}', '{"\\u0000": 1}', '["\\uD83D"]', '"\\ude00\\ud83d"']


def parsed(text: str, *, by=KeepableJSONBody):
    return by().parse(io.BytesIO(text.encode()))


@pytest.mark.parametrize("said", [{"a": ["é", "😀", {"b": None}], "c": 1.5}, [], "text", {"path": "C:\\u0000"}])
def test_whatever_can_be_kept_is_read_as_it_is(said):
    assert parsed(json.dumps(said)) == said


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize("by", [JSONBody, KeepableJSONBody])
def test_what_is_no_json_is_refused(text, by):
    with pytest.raises(ParseError):
        parsed(text, by=by)


@pytest.mark.parametrize("text", UNKEEPABLE)
def test_text_that_no_database_keeps_is_refused(text):
    with pytest.raises(ParseError):
        parsed(text)
    assert parsed(text, by=JSONBody) == json.loads(text)
