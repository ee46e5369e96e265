"""An answer's headers are its own, whoever gave them."""

from __future__ import annotations

from api.http.answer import Answer

_SHARED = {"cache-control": "no-store"}


def test_what_is_added_to_one_answer_stands_in_no_other() -> None:
    """A picture of the numbers was told to be packed, and by whose rules it was permitted, after a page that was."""
    first = Answer(headers=_SHARED)
    first.headers["content-encoding"] = "gzip"
    assert Answer(headers=_SHARED).headers == {"cache-control": "no-store"}
    assert _SHARED == {"cache-control": "no-store"}
