"""The pages' templates: HTML without scripts, everything that is filled in escaped.

https://jinja.palletsprojects.com/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def rendered(name: str, values: dict[str, Any]) -> str:
    """The page of a template with these values."""
    return _pages.get_template(name).render(values)
