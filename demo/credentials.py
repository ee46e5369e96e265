"""The sign-ins and keys that the demo city hands out, as a file between the installation and the clients.

docs/city.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwk
from joserfc.errors import JoseError


@dataclass(frozen=True, slots=True)
class Credentials:
    """`passwords` by sign-in name, private `keys` (JWK with `kid`) by system client, and the officers' web client."""

    passwords: Mapping[str, str]
    keys: Mapping[str, Mapping[str, Any]]
    client: str
    redirect: str

    @classmethod
    def read(cls, file: Path) -> Credentials:
        """Raises OSError where there is no such file, and ValueError where it is damaged."""
        content = file.read_bytes()
        try:
            given = orjson.loads(content)
            found = cls(dict(given["passwords"]), dict(given["keys"]), str(given["client"]), str(given["redirect"]))
            for key in found.keys.values():
                _ = jwk.RSAKey.import_key(dict(key)).private_key
        except (JoseError, KeyError, TypeError, AttributeError, ValueError) as fault:
            raise ValueError(f"{file} holds no sign-ins of the demo") from fault
        return found

    def write(self, file: Path) -> None:
        """Only the owner of the process can read the file."""
        given = {"passwords": self.passwords, "keys": self.keys, "client": self.client, "redirect": self.redirect}
        file.touch(mode=0o600)
        file.write_bytes(orjson.dumps(given, option=orjson.OPT_INDENT_2))
