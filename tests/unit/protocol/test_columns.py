"""Goal: columns are added when that was asked for; whatever else differs is told, with what to do."""

import pytest

from tidegate.protocol.columns import Column, fit

FOUND = (("k", "string"), ("v", "bigint"))


@pytest.mark.parametrize(
    ("declared", "added", "wrong"),
    [
        (FOUND, (), ()),
        (FOUND[::-1], (), ()),
        ((*FOUND, ("w", "int")), (("w", "int"),), ()),
        ((("x", "int"), *FOUND, ("w", "int")), (("x", "int"), ("w", "int")), ()),
        ((("k", "string"), ("v", "int")), (), ("column v is bigint, not int",)),
        ((("k", "string"),), (), ("column v is not declared",)),
        ((("k", "string"), ("total", "bigint")), (("total", "bigint"),), ("column v is not declared",)),
        ((*FOUND, ("must", "int")), (("must", "int"),), ("column must cannot be added",)),
    ],
)
def test_fit(declared: tuple[Column, ...], added: tuple[Column, ...], wrong: tuple[str, ...]) -> None:
    fits = fit(declared, FOUND, evolves=True, never_null={"k", "must"})
    assert fits.added == added
    assert tuple(text[: len(start)] for text, start in zip(fits.wrong, wrong, strict=True)) == wrong


def test_nothing_is_added_unasked() -> None:
    fits = fit((*FOUND, ("w", "int")), FOUND, evolves=False, never_null=())
    assert fits.wrong == ('column w is missing: declare HiveTable(…, evolve="add") to have it added',)
