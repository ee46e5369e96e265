"""What a reader is not shown of a record it may read: the elements that give a protected person's place away.

docs/policy.md, D1. Nothing marks what is missing. What a writer was not shown it does not lose by writing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import vocabulary
from profiles.spec import Spec
from resources.record import coding, reference

Path = tuple[str, ...]
_HIDDEN = object()
_PLACES = frozenset({"valueAddress", "valueContactPoint"})
"""Whatever extension or answer carries these, they are a place or lead to one."""

_ADDRESSES = frozenset({"resourceType", "id", "reference", "url", "system", "code"})


@dataclass(frozen=True, slots=True)
class Redaction:
    """The withheld parts of one type of record, for the protected persons it names.

    `paths` are element names below the resource; `items` are linkIds of answers; `words` are the places themselves,
    wherever they stand in free text. `entire` withholds all but the record's key: of a type for which nobody has said
    what gives a place away.
    """

    paths: frozenset[Path]
    items: frozenset[str]
    words: tuple[str, ...]
    persons: frozenset[str]
    entire: bool = False

    def show(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The resource without what is withheld; what that leaves empty goes too."""
        if self.entire:
            version = (resource.get("meta") or {}).get("versionId")
            kept = {key: resource[key] for key in ("resourceType", "id") if key in resource}
            return kept | ({"meta": {"versionId": version}} if version else {})
        return {
            key: kept for key, value in resource.items() if (kept := self._kept(value, _below((), key))) is not _HIDDEN
        }

    def restore(self, before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """The resource as sent, with what the sender was not shown of the version before put back."""
        if self.entire:
            return {
                **sent,
                **{key: value for key, value in before.items() if key not in ("resourceType", "id", "meta")},
            }
        result: dict[str, Any] = self._restored(before, dict(sent), ())
        return result

    def _kept(self, node: Any, path: Path) -> Any:
        if self._hides(node, path):
            return _HIDDEN
        if isinstance(node, dict):
            inner = self._without_places() if self._concerns_others(node) else self
            kept = {
                key: value
                for key, each in node.items()
                if (value := inner._kept(each, _below(path, key))) is not _HIDDEN
            }
            return kept or (_HIDDEN if node else kept)
        if isinstance(node, list):
            kept_list = [value for each in node if (value := self._kept(each, path)) is not _HIDDEN]
            return kept_list or (_HIDDEN if node else kept_list)
        return node

    def _hides(self, node: Any, path: Path) -> bool:
        if path in self.paths or path[-1] in _PLACES:
            return True
        if isinstance(node, str):
            return path[-1] not in _ADDRESSES and any(word in node for word in self.words)
        if isinstance(node, dict):
            if path == ("meta", "security"):
                return bool(coding.of(node) & vocabulary.SECRECY_LABELS)
            return path[-1] == "item" and node.get("linkId") in self.items
        return False

    def _concerns_others(self, node: Mapping[str, Any]) -> bool:
        """Whether a part of a plan says whom it is for, and none of them is protected."""
        named = {
            target
            for entry in coding.extension(node, "activity-subject")
            if (target := reference.one(entry, "valueReference"))
        }
        return bool(named) and not named & self.persons

    def _without_places(self) -> Redaction:
        return Redaction(frozenset(), frozenset(), self.words, self.persons)

    def _restored(self, before: Any, sent: Any, path: Path) -> Any:
        shown = self._kept(before, path) if path else self.show(before)
        if sent == shown:
            return before
        if isinstance(before, dict) and isinstance(sent, dict):
            return self._restored_object(before, sent, path)
        if isinstance(before, list) and isinstance(sent, list):
            return self._restored_list(before, sent, path)
        return sent

    def _restored_object(self, before: dict[str, Any], sent: dict[str, Any], path: Path) -> dict[str, Any]:
        result = dict(sent)
        for key, value in before.items():
            below = _below(path, key)
            if key in sent:
                result[key] = self._restored(value, sent[key], below)
            elif (rest := self._rest(value, below)) is not _HIDDEN:
                result[key] = rest
        if self._concerns_others(result) and not self._concerns_others(before):
            return self._still_theirs(before, result, path)
        return result

    def _still_theirs(self, before: dict[str, Any], result: dict[str, Any], path: Path) -> dict[str, Any]:
        """What was hidden for somebody stays so, to whomever its part of a plan is moved: it goes on being for them."""
        if self._rest(before, path) is _HIDDEN:
            return result
        theirs = [
            entry
            for entry in coding.extension(before, "activity-subject")
            if reference.one(entry, "valueReference") in self.persons
        ]
        url = f"{coding.BASE}/StructureDefinition/activity-subject"
        everybody = [{"url": url, "valueReference": {"reference": one}} for one in sorted(self.persons)]
        return result | {"extension": [*result["extension"], *(theirs or everybody)]}

    def _rest(self, node: Any, path: Path) -> Any:
        """What remains of a node when all that was shown of it is taken away; `_HIDDEN` where nothing does."""
        if self._kept(node, path) is _HIDDEN:
            return node
        if isinstance(node, list):
            return [each for each in node if self._kept(each, path) is _HIDDEN] or _HIDDEN
        if isinstance(node, dict):
            rests = {key: self._rest(each, _below(path, key)) for key, each in node.items()}
            return {key: rest for key, rest in rests.items() if rest is not _HIDDEN} or _HIDDEN
        return _HIDDEN

    def _restored_list(self, before: list[Any], sent: list[Any], path: Path) -> list[Any]:
        shown = [self._kept(each, path) for each in before]
        result = [next((before[at] for at, seen in enumerate(shown) if seen == each), each) for each in sent]
        if len(sent) == len([seen for seen in shown if seen is not _HIDDEN]):
            visible = [at for at, seen in enumerate(shown) if seen is not _HIDDEN]
            result = [self._restored(before[at], each, path) for at, each in zip(visible, sent, strict=True)]
        return result + [before[at] for at, seen in enumerate(shown) if seen is _HIDDEN]


def _below(path: Path, key: str) -> Path:
    """A primitive's extensions stand beside it (`_description`) and go with it."""
    return (*path, key.removeprefix("_"))


def unlabelled(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The resource without its secrecy labels; itself where it has none."""
    meta = resource.get("meta") or {}
    labels = meta.get("security") or []
    kept = [label for label in labels if not coding.of(label) & vocabulary.SECRECY_LABELS]
    return resource if len(kept) == len(labels) else {**resource, "meta": {**meta, "security": kept}}


def redactions(spec: Spec) -> Callable[[str, frozenset[str], Mapping[str, tuple[str, ...]]], Redaction]:
    """Read the revealing elements once; gives the redaction of a type for protected subjects and their places."""
    tables = {type: _table(paths) for type, paths in spec.revealing.items()}

    def redact(type: str, persons: frozenset[str], places: Mapping[str, tuple[str, ...]]) -> Redaction:
        paths, items = tables.get(type, (frozenset(), frozenset()))
        entire = type not in tables
        words = tuple(dict.fromkeys(word for person in sorted(persons) for word in places.get(person, ())))
        return Redaction(paths, items, words, persons, entire)

    return redact


def _table(paths: tuple[str, ...]) -> tuple[frozenset[Path], frozenset[str]]:
    marker = "item[linkId="
    items = frozenset(path[len(marker) : -1] for path in paths if path.startswith(marker))
    return frozenset(tuple(path.split(".")) for path in paths if not path.startswith(marker)), items
