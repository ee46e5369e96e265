"""The grammar of a request's values: what `,` `|` `$` separate, and how `\\` takes their meaning away.

https://hl7.org/fhir/R4/search.html#escaping
"""

from __future__ import annotations

ESCAPED = ",|$\\"


def split(text: str, separator: str) -> list[str]:
    """The parts between unescaped separators, still escaped."""
    if "\\" not in text:
        return text.split(separator)
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return parts


def plain(text: str) -> str:
    """The text without its escapes; a backslash before any other letter is itself."""
    if "\\" not in text:
        return text
    letters, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in ESCAPED:
            at += 1
        letters.append(text[at])
        at += 1
    return "".join(letters)


def pieces(text: str, separator: str) -> list[str]:
    """The parts between unescaped separators, without escapes."""
    return [plain(part) for part in split(text, separator)]


def escaped(text: str) -> str:
    """The text as one value of a request, whatever letters it has."""
    return "".join(f"\\{letter}" if letter in ESCAPED else letter for letter in text)
