"""Rows from one template, rendered once for each shape: the same HTML as the template gives, whatever the words."""

import pytest
from django.template.loader import get_template
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from marketplace.views.shapes import BREAKS, Shapes

ROW = """
<li id="row-{{ number }}"{% if mine %} class="mine"{% endif %}>100 % {{ title }}{% if note %}
  <p title="{{ note }}">{{ note }}</p>{% endif %}
  {% for one in reasons %}<b>{{ one.sentence }}</b>{% if one.way_out %} {{ one.way_out }}{% endif %}{% endfor %}
</li>
"""


@pytest.fixture(autouse=True, scope="module")
def template():
    """The template above, by the name of `row.html`."""
    loaders = [("django.template.loaders.locmem.Loader", {"row.html": ROW})]
    backend = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": loaders}}
    with override_settings(TEMPLATES=[backend]):
        yield


words = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=6).map(
    # white space beside the template's own would be squeezed by the comparison, not by the shape
    lambda text: "".join(text.split())
) | st.sampled_from(["<script>", "a & b", "100 %", "%(0)s", "{{ number }}", '“quoted” "twice"', "it's"])
rows = st.fixed_dictionaries(
    {
        "number": words,
        "title": words,
        "note": words,
        "mine": st.booleans(),
        "reasons": st.lists(st.fixed_dictionaries({"sentence": words, "way_out": words}), max_size=3),
    }
)


@given(st.lists(rows, max_size=6))
def test_a_shape_filled_is_what_the_template_renders(found):
    shapes, alone = Shapes("row.html"), get_template("row.html")
    for row in found:
        assert shapes.fill(row) == BREAKS.sub(" ", alone.render(row).strip())


def test_a_number_is_no_truth():
    shapes = Shapes("row.html")
    row = {"number": "", "title": "", "note": "", "mine": True, "reasons": []}
    for value in (1, True, 1.0):
        said = row | {"title": value}
        assert shapes.fill(said) == BREAKS.sub(" ", get_template("row.html").render(said).strip())


def test_rows_that_differ_in_words_alone_are_rendered_once(monkeypatch):
    shapes = Shapes("row.html")
    first = {"number": "1", "title": "a", "note": "", "mine": False, "reasons": []}
    shapes.fill(first)
    monkeypatch.setattr(shapes, "_render", lambda values: pytest.fail(f"rendered again for {values}"))
    assert "row-2" in shapes.fill(first | {"number": "2", "title": "<b>"})
    with pytest.raises(pytest.fail.Exception):
        shapes.fill(first | {"note": "x"})
