"""Goal: what this tidegate, or another one, stored in a known format is read; anything else is refused by name."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.stored import objects
from tidegate.errors import FormatError
from tidegate.protocol.formats import WRITER, Shape, decoded, read, stamped
from tidegate.protocol.model import (
    Counts,
    DataFile,
    Kind,
    Manifest,
    ManifestRef,
    OffsetRange,
    OperatorState,
    Placed,
    StagedPartition,
)
from tidegate.protocol.model import StateRun as Run

REF = ManifestRef("file:///0.json", "aa")
PARTITION = StagedPartition(
    "d.t", ("1", "x"), "file:///d", (DataFile("file:///d/1", 3, 4, "ab"),), Placed("file:///e", REF)
)
MANIFEST = Manifest(
    pipeline="p",
    lane="main",
    epoch=2,
    generation=1,
    attempt=3,
    fingerprint="f",
    definition={"pipeline": {"name": "p"}, "operators": {"Totals": {"key": ["user"]}}},
    offsets={"source": OffsetRange(2, 5)},
    kind=Kind.EVENTS,
    parent="file:///0.json",
    partitions=(PARTITION,),
    operators={"Totals": OperatorState(4, (Run("Totals", 1, "file:///s", 4, 88, "cd", 60, "ef"),))},
    watermarks={"source": {"": 7}},
    counts=Counts(rows_in=3, rows_out={"d.t": 3}),
    archives={"source": (DataFile("file:///a/1", 3, 5, "ba"),)},
)


def stored() -> dict[str, Any]:
    found = json.loads(MANIFEST.to_json())
    assert isinstance(found, dict)
    return found


def reading(found: Any) -> Manifest:
    return Manifest.from_json(json.dumps(found).encode(), "file:///m.json")


def test_a_manifest_says_its_format_and_who_wrote_it() -> None:
    assert {k: stored()[k] for k in ("format", "writer")} == {"format": 1, "writer": WRITER}
    assert reading(stored()) == MANIFEST


def test_what_an_epoch_does_not_keep_is_no_key() -> None:
    """Its manifest is what it was before input could be kept."""
    plain = replace(MANIFEST, archives={})
    assert "archives" not in json.loads(plain.to_json())
    assert Manifest.from_json(plain.to_json()) == plain


def test_unknown_keys_are_passed_over_wherever_they_stand() -> None:
    """A newer tidegate of the same format adds keys."""
    found = stored()
    within = objects(found)
    assert len(within) == 10
    for number, one in enumerate(within):
        one[f"added_{number}"] = {"by": "a newer one"}
    assert reading(found) == MANIFEST


def required(value: Any) -> list[tuple[Any, str]]:
    """The fields without a default of a dataclass and of all within it."""
    if isinstance(value, tuple | Mapping):
        return [r for item in (value.values() if isinstance(value, Mapping) else value) for r in required(item)]
    if isinstance(value, Mapping):
        return required(tuple(value.values()))
    if not is_dataclass(value):
        return []
    own = [(value, f.name) for f in fields(value) if f.default is MISSING and f.default_factory is MISSING]
    return [*own, *(r for f in fields(value) for r in required(getattr(value, f.name)))]


def refusal(found: Any) -> str | None:
    """Why a manifest is not read."""
    try:
        reading(found)
    except FormatError as e:
        return str(e)
    return None


def test_a_missing_key_has_its_default_or_is_named() -> None:
    """Whatever is removed from a manifest: it reads as if it were the default, or not at all."""
    defaulted: set[str] = set()
    named: set[str] = set()
    for number, one in enumerate(objects(stored())):
        for name in one.keys() - {"format"}:
            found = stored()
            del objects(found)[number][name]
            why = refusal(found)
            (named if why else defaulted).add(name)
            assert why is None or f"the manifest file:///m.json has no '{name}'" in why
    assert named == {name for _, name in required(MANIFEST)}
    assert defaulted == {f.name for f in fields(Counts)} | {"previous", "writer", "archives"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2, "writer": "tidegate 9.1.0"}, "is of format 2; it was written by tidegate 9.1.0, and tidegate"),
        ({"format": 2, "kind": "UNHEARD_OF", "offsets": None}, "is of format 2"),
        ({"format": 0}, "is of format 0"),
        ({"format": "1"}, "is of format '1'"),
        ({"format": None}, "says no format: no release wrote it"),
        ({"kind": "UNHEARD_OF"}, "UNHEARD_OF"),
        ({"offsets": {"source": {"start": 5, "stop": 2}}}, "not a range"),
        ({"offsets": 5}, "has a value that is none of its format"),
        ({"partitions": [None]}, "has a value that is none of its format"),
        ({"operators": {"Totals": {"state": {"bucket": 1}}}}, "has"),
        ({"operators": {"Totals": {"buckets": 4, "state": [{"bucket": 1}]}}}, "has no 'bytes'"),
        ({"operators": ["Totals"]}, "has a value that is none of its format"),
        ({"watermarks": {"source": 7}}, "has a value that is none of its format"),
        ({"definition": 7}, "has a value that is none of its format"),
        ({"archives": {"source": 7}}, "has a value that is none of its format"),
    ],
)
def test_what_is_not_known_is_refused_by_name(changes: Mapping[str, Any], says: str) -> None:
    with pytest.raises(FormatError) as caught:
        reading({**stored(), **changes})
    assert says in str(caught.value)
    assert str(caught.value).startswith("the manifest file:///m.json ")
    assert f"{WRITER} reads format 1. Nothing was changed: install the tidegate that wrote it" in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_any_other_json_is_refused(found: Any) -> None:
    with pytest.raises(FormatError):
        reading(found)


@given(st.binary(max_size=40))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="the manifest m "):
        Manifest.from_json(data, "m")


@dataclass(frozen=True)
class Newer:
    """A shape as a later tidegate has it."""

    pipeline: str
    tags: tuple[str, ...] = ()


def test_a_reader_says_which_formats_it_knows() -> None:
    """A tidegate that writes the second format still reads the first."""
    shape = Shape("thing", format=2)
    for number in (1, 2):
        assert read(shape, {"format": number, "pipeline": "p"}, "x", lambda d: decoded(Newer, d)) == Newer("p")
    with pytest.raises(FormatError, match=r"the thing x is of format 3.*reads formats 1 to 2"):
        read(shape, stamped(Shape("thing", format=3), {}), "x", lambda d: decoded(Newer, d))
    with pytest.raises(FormatError, match="is of format 1"):
        read(Shape("thing", format=2, oldest=2), {"format": 1}, "x", lambda d: decoded(Newer, d))
