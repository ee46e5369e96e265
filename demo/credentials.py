"""The sign-ins and keys that the demo city hands out, as a file between the installation and the clients.

docs/city.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Credentials:
    """`passwords` by sign-in name, private `keys` (JWK with `kid`) by system client, and the officers' web client."""

    passwords: Mapping[str, str]
    keys: Mapping[str, Mapping[str, Any]]
    client: str
    redirect: str

    @classmethod
    def read(cls, file: Path) -> Credentials:
        """Raises OSError where there is no such file, and ValueError where it is no JSON."""
        given = orjson.loads(file.read_bytes())
        return cls(given["passwords"], given["keys"], given["client"], given["redirect"])

    def write(self, file: Path) -> None:
        """Only the owner of the process can read the file."""
        given = {"passwords": self.passwords, "keys": self.keys, "client": self.client, "redirect": self.redirect}
        file.touch(mode=0o600)
        file.write_bytes(orjson.dumps(given, option=orjson.OPT_INDENT_2))
