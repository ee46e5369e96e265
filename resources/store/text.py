"""Which texts a store can hold, and what to ask instead of the others: docs/store.md.

https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf (3.9, D92: UTF-8 has no surrogates)
"""

from __future__ import annotations


def storable(text: str) -> bool:
    """Whether a stored term may be this text: no lone surrogate (not UTF-8), no U+0000 (SQLite's JSON ends there)."""
    return bound(text) == text and "\0" not in text


def bound(text: str) -> str:
    """A bound with an encoding, between the same storable texts as this one.

    `starts` after a text that ends in U+D7FF ends at a lone surrogate. No storable text has one, so each of them lies
    on the same side of this bound as of the one cut there and continued with U+E000, the next character there is.
    """
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        return f"{text[: fault.start]}\ue000"
    return text
