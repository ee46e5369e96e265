"""The parameters of an address or of a form, each as text that was really sent.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded; https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from resources.record.problem import Problem

MOST = 1000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def read(query: bytes) -> Sequence[tuple[str, str]]:
    """The parameters in their order. Raises Problem `structure` where they are not utf-8, hold a control character, or
    are too many: what cannot be read is not what was meant."""
    try:
        found = parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except UnicodeDecodeError:
        text, ja = "the parameters are not utf-8", "パラメータが UTF-8 ではありません"
        raise Problem.of("structure", text, ja) from None
    except ValueError:
        text, ja = f"more than {MOST} parameters", f"パラメータは{MOST}個までです"
        raise Problem.of("structure", text, ja) from None
    for name, value in found:
        if _CONTROL.search(name) or _CONTROL.search(value):
            shown = _CONTROL.sub("?", name)[:64]
            text, ja = f"`{shown}` holds a control character", f"`{shown}` に制御文字が含まれています"
            raise Problem.of("structure", text, ja, shown)
    return found
