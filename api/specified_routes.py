"""The rows of the operations that FHIR and its implementation guides specify, beside those of the city's own.

https://hl7.org/fhir/R4/operationslist.html
"""

from __future__ import annotations

from api.operations import everything, expand, lookup, subsumes, translate, validate_code
from api.route import FHIR, Route
from resources.record.problem import Kind

_CODES: tuple[Kind, ...] = ("structure", "not-supported", "login", "not-found", "not-acceptable", "too-costly")
_BY_POST: tuple[Kind, ...] = (*_CODES, "too-long", "too-slow", "media-type", "invalid")
_ABOUT: tuple[Kind, ...] = (*_CODES, "forbidden", "deleted")

OPERATIONS = (
    *(
        Route(
            f"everything_of_{type.lower()}", "$everything", "GET", f"/{type}/{{id}}/$everything",
            everything.everything, _ABOUT, parameters=everything.PARAMETERS,
        )
        for type in ("Group", "Patient")
    ),
    *(
        row
        for name, code, type, handler, known, of_one in (
            ("expand", "$expand", "ValueSet", expand.expand, expand.PARAMETERS, True),
            ("lookup", "$lookup", "CodeSystem", lookup.lookup, lookup.PARAMETERS, False),
            ("validate_code", "$validate-code", "CodeSystem", validate_code.of_system, validate_code.OF_SYSTEM, True),
            ("validate_value", "$validate-code", "ValueSet", validate_code.of_value_set, validate_code.OF_SET, True),
            ("subsumes", "$subsumes", "CodeSystem", subsumes.subsumes, subsumes.PARAMETERS, True),
            ("translate", "$translate", "ConceptMap", translate.translate, translate.PARAMETERS, True),
        )
        for row in (
            Route(name, code, "GET", f"/{type}/{code}", handler, _CODES, open=True, parameters=known),
            Route(
                f"{name}_by_post", code, "POST", f"/{type}/{code}", handler, _BY_POST, takes=(FHIR,),
                parameters=known,
            ),
            *(
                [Route(f"{name}_of_one", code, "GET", f"/{type}/{{id}}/{code}", handler, _CODES, open=True,
                       parameters=known)]
                if of_one else []
            ),
        )
    ),
)  # fmt: skip
