"""A token for trying the demo by hand: `python -m demo.token NAME [PURPOSE]`, for one of its systems or officers.

docs/journey.md
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import httpx2

from demo.credentials import Credentials
from demo.people import CARE, People
from demo.rest import Refused

_SIGN_INS = "demo-credentials.json"


def token(name: str, purpose: str = CARE, *, base: str, folder: Path) -> str:
    """A living access token. Raises KeyError for an unknown name, OSError without a demo, ValueError, Refused."""
    credentials = Credentials.read(folder / _SIGN_INS)
    people = People(base, credentials)
    try:
        ask = people.system if name in credentials.keys else people.officer
        return ask(name, purpose).token()
    finally:
        people.close()


def _main(words: list[str]) -> None:
    if len(words) not in (1, 2):
        _stop("usage: python -m demo.token NAME [PURPOSE]")
    address = os.environ.get("TSUNAGU_BASE_URL") or f"http://127.0.0.1:{os.environ.get('TSUNAGU_PORT', '8000')}"
    folder = Path(os.environ.get("TSUNAGU_DATA", "data"))
    try:
        print(token(*words, base=f"{address}/fhir", folder=folder))
    except (Refused, httpx2.HTTPError, httpx2.InvalidURL) as fault:
        _stop(f"no token from {address}: {str(fault).lower()}")
    except KeyError:
        _stop(f"`{words[0]}` is none of the demo's systems or officers")
    except OSError as fault:
        _stop(f"`{folder}` holds no demo: {(fault.strerror or str(fault)).lower()}")
    except ValueError:
        _stop(f"`{folder / _SIGN_INS}` is damaged: it holds no sign-ins of the demo")


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    _main(sys.argv[1:])
