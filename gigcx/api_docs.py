"""`/api/docs/`: the OpenAPI description as a page to read, made on the server: no script, no other host."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from gigcx.idempotency import HEADER
from gigcx.problems import CONTENT_TYPE

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
PROBLEM = {"$ref": "#/components/schemas/Problem"}


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description says that callers show a token."""

    target_class = "gigcx.accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that an admin issued. It carries scopes, and can be revoked at any time.",
        }


def complete(result: Schema, **_: object) -> Schema:
    """A hook of the schema: the refusals that come with what an operation takes, whoever wrote it.

    Any address may be unreadable; a key may be another request's; a cursor may be none; a body too large, or no JSON.
    """
    for methods in result["paths"].values():
        for operation in (methods[method] for method in METHODS if method in methods):
            taken = {one["name"] for one in operation.get("parameters", ())}
            statuses = {"400": True, "404": "cursor" in taken, "409": HEADER in taken, "422": HEADER in taken}
            statuses |= dict.fromkeys(("413", "415"), "requestBody" in operation)
            refusal = {"content": {CONTENT_TYPE: {"schema": PROBLEM}}, "description": ""}
            added = {status: refusal for status, may in statuses.items() if may}
            operation["responses"] = dict(sorted((added | operation["responses"]).items()))
    return result


@dataclass(frozen=True)
class Field:
    """One line of a table: a parameter, or a member of an object."""

    name: str
    type: str
    required: bool
    text: str


@dataclass(frozen=True)
class Shape:
    """An object with its members."""

    name: str
    text: str
    fields: list[Field]


@dataclass(frozen=True)
class Answer:
    """What comes back with one status."""

    status: str
    shape: str


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[Field]
    takes: str
    example: str
    answers: list[Answer]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The page; the same for everyone, and open to everyone like the schema itself."""
    return render(request, "api/docs.html", described())


@cache
def described() -> dict[str, Any]:
    """What the page shows; worked out once in each process, as the code can't change under it."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = [
        _operation(path, method, methods[method])
        for path, methods in schema["paths"].items()
        for method in METHODS
        if method in methods
    ]
    shapes = [_shape(name, shape) for name, shape in schema["components"]["schemas"].items() if "properties" in shape]
    names = {shape.name for shape in shapes}
    return {"info": schema["info"], "operations": operations, "shapes": shapes, "names": names}


def _operation(path: str, method: str, operation: Schema) -> Operation:
    body: Schema = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    examples = list(body.get("examples", {}).values())
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=str(operation.get("summary") or operation["operationId"]),
        text=operation.get("description", ""),
        parameters=[
            Field(one["name"], _type(one["schema"]), one.get("required", False), one.get("description", ""))
            for one in operation.get("parameters", [])
        ],
        takes=_type(body["schema"]) if "schema" in body else "",
        example=json.dumps(examples[0]["value"], indent=2, ensure_ascii=False) if examples else "",
        answers=[Answer(status, _content(answer)) for status, answer in operation["responses"].items()],
    )


def _content(answer: Schema) -> str:
    """What an answer holds, in whichever media type stands first; empty for nothing."""
    for content in answer.get("content", {}).values():
        return _type(content["schema"])
    return ""


def _shape(name: str, shape: Schema) -> Shape:
    needed = shape.get("required", [])
    return Shape(
        name,
        shape.get("description", ""),
        [
            Field(member, _type(of), member in needed, of.get("description", ""))
            for member, of in shape["properties"].items()
        ],
    )


def _type(schema: Schema) -> str:
    """A type in a few words, such as `list of WantedSchema`, `date-time` or `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    for many in ("allOf", "oneOf"):
        if many in schema:
            words = " or ".join(_type(part) for part in schema[many])
            break
    else:
        if schema.get("type") == "array":
            words = f"list of {_type(schema['items'])}"
        elif "enum" in schema:
            words = ", ".join(str(value) for value in schema["enum"])
        else:
            words = str(schema.get("format") or schema.get("type", ""))
    return f"{words} or null" if schema.get("nullable") else words
