"""Many rows from one template, which is rendered once for each shape that its rows have.

Rendering a row takes Django a tenth of a millisecond, and a page has hundreds. Rows that differ in nothing but words
have the same shape: what is there and what is not. So the template is rendered with marks where words go, and the
words of each row, escaped, are put in their place. The template stays an ordinary one.
"""

import re
from collections.abc import Hashable, Iterable
from functools import cache
from html import escape

from django.template.loader import get_template

MARK = "\ue000{}\ue001"
"""Characters of private use, which no template has."""
MARKS = re.compile("\ue000([0-9]+)\ue001")
BREAKS = re.compile(r"\s*\n\s*")


class Shapes:
    """The shapes of one page. Filled with dictionaries of texts, numbers, truths, and lists of such dictionaries.

    An empty text is one that is missing: `{% if %}` sees the same of a mark as of the words that come in its place, and
    nothing else of them, so templates of rows have no filters, and compare no texts.
    """

    def __init__(self, template: str) -> None:
        self._template = get_template(template)
        self._shapes: dict[Hashable, str] = {}
        self._escaped = cache(escape)

    def fill(self, values: dict[str, object]) -> str:
        """One row."""
        words: list[str] = []
        shape = _shape(values, words)
        if shape not in self._shapes:
            self._shapes[shape] = self._render(values)
        return self._shapes[shape].format(*[self._escaped(word) for word in words])

    def _render(self, values: dict[str, object]) -> str:
        marks: list[str] = []
        html = self._template.render(_marked(values, marks))
        squeezed = BREAKS.sub(" ", html.strip()).replace("{", "{{").replace("}", "}}")
        return MARKS.sub(r"{\1}", squeezed)


def options(names: Iterable[tuple[int, str]], *, chosen: int | None) -> str:
    """Options of a long choice: its numbers and their names."""
    shapes = Shapes("elements/option.html")
    return "".join(
        shapes.fill({"number": str(number), "name": name, "chosen": number == chosen}) for number, name in names
    )


def _shape(values: dict[str, object], words: list[str]) -> Hashable:
    """What the values have in common with all of their shape; their texts are put behind the words."""
    shape: list[Hashable] = [*values]
    for value in values.values():
        if isinstance(value, str):
            shape.append(bool(value))
            if value:
                words.append(value)
        elif isinstance(value, list):
            shape.append(tuple([_shape(one, words) for one in value]))
        else:
            shape.append((type(value), value))  # 1 is no True
    return tuple(shape)


def _marked(values: dict[str, object], marks: list[str]) -> dict[str, object]:
    """The values with a mark for each text, numbered as `_shape` finds them."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, str) and value:
            marks.append(value)
            found[name] = MARK.format(len(marks) - 1)
        elif isinstance(value, list):
            found[name] = [_marked(one, marks) for one in value]
        else:
            found[name] = value
    return found
