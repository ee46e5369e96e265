"""Why a search is refused, in both languages, naming the parameter.

https://hl7.org/fhir/R4/search.html#errors
"""

from __future__ import annotations

from resources.record.problem import Problem


def unreadable(name: str, value: str, expected: str, ja: str) -> Problem:
    """A value that is not what its parameter takes; `expected` and `ja` say what it takes."""
    shown = value if len(value) <= 80 else f"{value[:80]}…"
    return Problem.of("structure", f"`{shown}` is not {expected}", f"`{shown}` は{ja}ではありません", name)


def unknown(name: str, type: str) -> Problem:
    """A parameter that the type does not have; answering without it would show what was not asked for."""
    return Problem.of(
        "not-supported",
        f"`{name}` is not a search parameter of `{type}`",
        f"`{name}` は `{type}` の検索パラメータではありません",
        name,
    )


def modifier(name: str, given: str, kind: str) -> Problem:
    """A modifier that a kind of parameter does not take, or that this version does not offer."""
    return Problem.of(
        "not-supported",
        f"modifier `:{given}` is not supported on `{name}`, a {kind} parameter",
        f"`{name}`({kind} 型)で修飾子 `:{given}` は使えません",
        name,
    )


def unsupported(name: str) -> Problem:
    """A parameter or form that FHIR R4 knows and this version does not offer."""
    return Problem.of(
        "not-supported",
        f"`{name}` is not supported in this version",
        f"`{name}` はこの版では使えません",
        name,
    )


def unsupported_value(name: str, value: str, offered: tuple[str, ...]) -> Problem:
    """A value that FHIR R4 allows and this version does not offer."""
    shown = ", ".join(f"`{one}`" for one in offered)
    return Problem.of(
        "not-supported",
        f"`{name}={value[:80]}` is not supported in this version, which offers {shown}",
        f"`{name}={value[:80]}` はこの版では使えません。使えるのは {shown} です",
        name,
    )


def unsupported_type(name: str, type: str) -> Problem:
    """A type of which this server keeps no records that can be searched."""
    return Problem.of(
        "not-supported",
        f"`{type[:80]}` is not a type that can be searched here",
        f"`{type[:80]}` はここで検索できる型ではありません",
        name,
    )


def unknown_of(name: str, code: str, type: str) -> Problem:
    """A parameter that a value names, and that its type does not have."""
    return Problem.of(
        "not-supported",
        f"`{code[:80]}` is not a search parameter of `{type}`",
        f"`{code[:80]}` は `{type}` の検索パラメータではありません",
        name,
    )


def cannot(name: str, text: str, ja: str) -> Problem:
    """A question that is understood and not answered; the text says what can be asked instead."""
    return Problem.of("not-supported", text, ja, name)


def broken(name: str, text: str, ja: str) -> Problem:
    """A request that breaks the grammar of search."""
    return Problem.of("structure", text, ja, name)
