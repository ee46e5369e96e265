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
    """`turn` is whose it is among those who ask for what takes long to work out or to draw."""

    settings: Settings
    spec: Spec
    index: Index
    gate: Gate
    cursors: Cursors
    metadata: bytes
    turn: Turn = field(default_factory=Turn)
