"""Every figure of docs/figures.md, measured anew."""

from __future__ import annotations

from bench import floors, journey, read, store, trail, workers

if __name__ == "__main__":
    floors.main()
    journey.main()
    read.main()
    workers.main()
    store.measured()
    trail.main()
