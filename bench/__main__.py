"""Every figure of docs/figures.md, measured anew."""

from __future__ import annotations

from bench import floors, journey, read, store

if __name__ == "__main__":
    floors.main()
    journey.main()
    read.main()
    store.measured()
