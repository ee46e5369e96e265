"""What is said to a Task by which the server asks: yes or no, and why.

docs/policy.md, "handing over", "merging two Patients", "dividing" and "mistakes"
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """The id of the Task, and what is said to it."""

    task: str
    accept: bool
    reason: str = ""
