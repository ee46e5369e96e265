"""When the care of a record was, by the search parameter that says it: care_dates.json.

https://hl7.org/fhir/R4/patient-operation-everything.html ("care dates, not record currency dates")
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from profiles import artefacts

FILE = Path(__file__).parent / "care_dates.json"


@cache
def parameters() -> Mapping[str, str]:
    """Type -> its parameter; a type without such a date is absent. Raises SpecFault."""
    return {type: code for type, code in artefacts.rows(FILE).items() if type != "$comment"}
