"""A browser of a few lines: cookies, forms, nothing else. The standard library and nothing of this project."""

import re
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class _Forms(HTMLParser):
    """The inputs of each form on a page, as they would be sent back."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and self.forms and "name" in found and found.get("type") != "submit":
            values = self.forms[-1].setdefault(found["name"], [])
            if found.get("type") not in {"checkbox", "radio"} or "checked" in found:
                values.append(found.get("value", ""))


class Browser:
    """Somebody at a screen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def cookies(self) -> str:
        """What is sent along as the header of that name."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def see(self, path: str, sent: dict[str, list[str]] | None = None) -> str:
        """Open a page, or send a form; the page that comes."""
        address = urllib.parse.urljoin(self.url, path)
        data = None if sent is None else urllib.parse.urlencode(sent, doseq=True).encode()
        with self._opener.open(urllib.request.Request(address, data, {"Referer": address}), timeout=20) as answer:
            return answer.read().decode()

    def fill_in(self, path: str, **cells: str | list[str]) -> str:
        """Open the page, change these cells of its form, send it; the page that comes."""
        page = _Forms()
        page.feed(self.see(path))
        form = next(form for form in page.forms if set(cells) & set(form))
        return self.see(path, form | {name: [cell] if isinstance(cell, str) else cell for name, cell in cells.items()})


def found_in(page: str, pattern: str) -> str:
    """What a pattern's first group finds on the page."""
    match = re.search(pattern, page)
    assert match, f"{pattern} is not on the page: {page[:3000]}"
    return match.group(1)
