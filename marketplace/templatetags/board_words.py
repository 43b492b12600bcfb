"""Words for codes that templates meet as bare numbers."""

from django import template

from marketplace.vocabulary import MODE_WORDS

register = template.Library()


@register.filter
def mode_words(mode: object) -> str:
    """3 → `Auto`; empty for what is no mode."""
    return str(MODE_WORDS.get(mode, "")) if isinstance(mode, int) else ""
