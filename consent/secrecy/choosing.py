"""What somebody chose to say of a choice (`value[x]`) of which something else may stand there that he was not shown.

docs/policy.md, D1: of a choice there is one, so he would drop the other, or both would stand. It goes by what he was
shown alone, and is so alike whether or not there is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent.secrecy import restoring
from consent.secrecy.harmless import Harmless, Place, is_mask


def unshown(harmless: Harmless, shown: Any, sent: Any, at: Place) -> Iterator[tuple[str, ...]]:
    """The paths of the choices that are made in what was sent where of that choice nothing was shown."""
    if isinstance(sent, list):
        wanted = [each for each in sent if not is_mask(each)]
        for place, each in zip(restoring.partners(shown, wanted), wanted, strict=True):
            if place is not None:
                yield from unshown(harmless, shown[place], each, at)
        return
    for names in harmless.choices(at):
        for key in sorted(names & sent.keys()) if not names & shown.keys() else ():
            yield (*at.path, key)
    for key, value in sent.items():
        below = harmless.below(at, key, sent)
        if isinstance(value, dict | list) and harmless.kind(below, value) == "inside":
            yield from unshown(harmless, shown.get(key, [] if isinstance(value, list) else {}), value, below)
