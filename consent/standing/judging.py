"""Evidence counts only if its writer had the right to make it: asked once, when it is written.

docs/policy.md, "standing".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict
from consent.standing import BY_TYPE
from consent.standing.filing import Filing
from consent.verdict import Verdict
from resources.record.problem import Issue


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this may not be written by who writes it; each says who may, and how."""
    for kind in BY_TYPE.get(filing.type, ()):
        yield from kind.refused(filing)


def judged(filing: Filing) -> Verdict:
    """The verdict to be kept beside the version."""
    return verdict.together(kind.judged(filing) for kind in BY_TYPE.get(filing.type, ()))
