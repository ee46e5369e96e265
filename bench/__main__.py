"""Every figure of docs/figures.md, measured anew; BENCH=name measures one of them, at its full size.

docs/figures.md
"""

from __future__ import annotations

import os
import sys

from bench import (
    beside,
    bulk,
    consents,
    figure,
    floors,
    growth,
    heavy,
    held,
    household,
    http,
    journey,
    kinds,
    linkage,
    read,
    store,
    tokens,
    trail,
    validation,
    workers,
    year,
)

BENCHES = {
    "read": read.measured,
    "household": household.measured,
    "http": http.measured,
    "kinds": kinds.measured,
    "consents": consents.measured,
    "beside": beside.measured,
    "heavy": heavy.measured,
    "held": held.measured,
    "growth": growth.measured,
    "bulk": bulk.measured,
    "validation": validation.measured,
    "tokens": tokens.measured,
    "trail": trail.measured,
    "workers": workers.measured,
    "store": store.measured,
    "linkage": linkage.measured,
    "journey": journey.measured,
    "year": year.measured,
    "floors": floors.measured,
}


def main() -> None:
    chosen = os.environ.get("BENCH", "")
    if chosen and chosen not in BENCHES:
        sys.exit(f"BENCH is one of {', '.join(BENCHES)}")
    for name, measured in BENCHES.items():
        if chosen in ("", name):
            print(f"{name}", flush=True)
            found = []
            for each in measured(bool(chosen)):
                print(f"  {figure.told(each)}", flush=True)
                found.append(each)
            figure.keep(name, found)


if __name__ == "__main__":
    main()
