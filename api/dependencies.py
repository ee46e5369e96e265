"""What the handlers work with, made once by `api.app` and passed as a plain argument.

docs/architecture.md
"""

from __future__ import annotations

from dataclasses import dataclass, field

from api.cursor import Cursors
from api.settings import Settings
from api.turn import Turn
from consent.gate import Gate
from profiles.spec import Spec
from resources.search.index import Index


@dataclass(frozen=True, slots=True)
class Dependencies:
    """`drawing` is whose turn it is among those for whom pictures are drawn."""

    settings: Settings
    spec: Spec
    index: Index
    gate: Gate
    cursors: Cursors
    metadata: bytes
    drawing: Turn = field(default_factory=Turn)
