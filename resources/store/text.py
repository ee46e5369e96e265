"""Which texts a store can hold, and what to ask instead of the others: docs/store.md.

https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf (3.9, D92: UTF-8 has no surrogates)
"""

from __future__ import annotations

import re

# A lone surrogate is not UTF-8; at U+0000 SQLite's JSON ends.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> bool:
    """Whether a term may be this text."""
    return _UNSTORABLE.search(text) is None


def sought(text: str) -> str | None:
    """What to ask for where one text is looked for: NULL, which equals nothing, where no store can hold it."""
    return text if storable(text) else None


def bound(text: str) -> str:
    """A storable bound that parts the storable texts as this one does.

    `starts` after a text that ends in U+D7FF ends at a lone surrogate. No storable text has one, so each of them lies
    on the same side of this bound as of the one cut there and continued with the next character there is.
    """
    found = _UNSTORABLE.search(text)
    if found is None:
        return text
    return text[: found.start()] + ("\1" if found[0] == "\0" else "\ue000")
