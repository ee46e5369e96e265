"""A person's browser: it keeps the session of the sign-in page, and fills in the forms it is shown.

https://www.rfc-editor.org/rfc/rfc6749#section-4.1
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from demo import form
from demo.rest import Refused, trusted

_PAGES = 8
"""More than a sign-in with its confirmation can take."""


class Browser:
    """One person at one desk, who signs in once and then only confirms."""

    def __init__(self, name: str, password: str) -> None:
        self.name = name
        self._password = password
        self._web = httpx2.Client(headers={"Accept-Language": "ja"}, verify=trusted(), timeout=30, trust_env=False)

    def authorize(self, endpoint: str, asked: Mapping[str, str]) -> dict[str, str]:
        """Follow an authorization request until the server sends the browser back to the client's `redirect_uri`.

        Gives the parameters it comes back with. Raises Refused where it never does.
        """
        page = self._web.get(endpoint, params=dict(asked))
        for _ in range(_PAGES):
            place = page.headers.get("location", "")
            if place.startswith(asked["redirect_uri"]):
                return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
            page = self._web.get(urljoin(str(page.url), place)) if page.is_redirect else self._fill_in(page)
        raise Refused(f"the sign-in of `{self.name}` never came to an end")

    def close(self) -> None:
        self._web.close()

    def _fill_in(self, page: httpx2.Response) -> httpx2.Response:
        shown = form.first_form(page.text)
        if shown is None or page.status_code >= 400:
            raise Refused(f"the sign-in of `{self.name}` stopped at {page.status_code}: {page.text[:200]}")
        # A relative or missing action goes to the page's own address.
        place = urljoin(str(page.url), shown.action)
        return self._web.request(shown.method, place, data=shown.filled(self.name, self._password))
