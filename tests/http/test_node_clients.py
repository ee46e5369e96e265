"""fhir-kit-client and @medplum/core under Node, unchanged, against the running server with a real token.

https://github.com/Vermonster/fhir-kit-client; https://github.com/medplum/medplum
"""

from __future__ import annotations

from pathlib import Path

from demo.journey.city import City
from demo.people import People
from tests import node_packages

SCRIPT = Path(__file__).parent / "node_clients.mjs"

pytestmark = node_packages.needed


def test_two_clients_in_javascript_do_what_they_do_elsewhere(city: City, people: People) -> None:
    token = people.officer("yorisoi").token()
    found = node_packages.run(SCRIPT, people.base, token, city.known["mother"])
    assert found == {
        "kit": {
            "read": True,
            "search": 1,
            "patch": "female",
            "transaction": "201 Created",
            "batch": "201 Created",
            "history": 2,
            "typeHistory": "history",
            "systemHistory": "history",
            "compartment": "searchset",
            "nextPage": 1,
            "metadata": "CapabilityStatement",
        },
        "medplum": {
            "ifNoneExist": True,
            "upsert": True,
            "patch": "female",
            "batch": "201 Created",
            "transaction": "201 Created",
            "history": 3,
            "search": 1,
            "deleted": "gone",
        },
    }
