"""Whether a refusal says by which rules it is so: each issue begins with one."""

from __future__ import annotations

import re
from typing import Any

import orjson

_RULE = re.compile(r"([RPDF]\d+a?|art\. \d|scope|mistake): ")


def unruled(said: bytes | str | dict[str, Any]) -> list[str]:
    """The issues of an OperationOutcome that name no rule."""
    outcome: dict[str, Any] = said if isinstance(said, dict) else orjson.loads(said)
    texts = [str(issue["details"]["text"]) for issue in outcome["issue"]]
    return [text for text in texts if not _RULE.match(text)]
