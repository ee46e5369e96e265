"""A page's form, filled in by a person without a browser.

https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-2
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """Where the form goes, what it sends as it stands, and which fields a person fills in."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)

    def filled(self, name: str, password: str) -> dict[str, str]:
        """What a person with this name and password would send."""
        typed = dict.fromkeys(self.names, name) | dict.fromkeys(self.passwords, password)
        return self.values | typed


def first_form(page: str) -> Form | None:
    """The first form of an HTML page; its first submit button is the one pressed."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms[0] if reader.forms else None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._inside: Form | None = None
        self._pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(given.get("action", ""), given.get("method", "get").lower())
            self._pressed = False
            self.forms.append(self._inside)
        elif self._inside is not None and tag in ("input", "button") and given.get("name"):
            self._take(self._inside, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None

    def _take(self, form: Form, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        name, value = given["name"], given.get("value", "")
        if kind == "password":
            form.passwords.append(name)
        elif kind in ("text", "email"):
            form.names.append(name)
        elif kind == "submit":
            if not self._pressed:
                form.values[name] = value
                self._pressed = True
        elif kind == "hidden" or "checked" in given:
            form.values[name] = value or "on"
