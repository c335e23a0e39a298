"""Goal: whatever is public has words, and the reference that is made of them shows it."""

import dataclasses
import re
from collections.abc import Iterator
from html import unescape
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SPEC = spec_from_file_location("reference", ROOT / "docs" / "reference.py")
assert SPEC is not None
assert SPEC.loader is not None
reference = module_from_spec(SPEC)
SPEC.loader.exec_module(reference)


def public(module: Any) -> dict[str, Any]:
    """What a module gives its users, by name: what stands in its `__all__`, else the classes that it defines."""
    names = getattr(module.obj, "__all__", None) or [m.name for m in module.classes]
    return {name: module.members[name] for name in names if name != "__version__"}


def described(members: dict[str, Any], owner: Any = None) -> Iterator[Any]:
    """The classes and functions, and what can be called or asked of the classes."""
    for member in members.values():
        if member.kind != "variable" or isinstance(getattr(owner, member.name, None), property):
            yield member
        if member.kind == "class":
            own = {n: m for n, m in member.members.items() if not n.startswith("_")}
            yield from described(own, member.obj)


@pytest.fixture(scope="module")
def modules() -> list[Any]:
    return list(reference.modules())


def test_every_public_name_has_a_docstring(modules: list[Any]) -> None:
    found = [member for module in modules for member in described(public(module))]
    assert len(found) > 80
    assert [member.fullname for member in found if not member.docstring.strip()] == []


def test_every_setting_has_words(modules: list[Any]) -> None:
    """Each argument of a class that users make is described there, or at the field."""
    classes = [c for module in modules for c in public(module).values() if "Args:" in c.docstring and c.kind == "class"]
    assert len(classes) > 5
    missing = [
        f"{c.fullname}.{field.name}"
        for c in classes
        for field in (dataclasses.fields(c.obj) if dataclasses.is_dataclass(c.obj) else ())
        if not c.members[field.name].docstring and not re.search(rf"^ *{field.name}: ", c.docstring, re.MULTILINE)
    ]
    assert missing == []


def test_the_pages_have_every_public_name(modules: list[Any], tmp_path: Path) -> None:
    reference.write(tmp_path)
    for module in modules:
        page = unescape((tmp_path / f"{module.modulename.replace('.', '/')}.html").read_text(encoding="utf-8"))
        assert [name for name in public(module) if f'id="{name}"' not in page] == []
        assert not re.search(r'src="(https?:)?//|<link[^>]* href="(https?:)?//', page), "it would need a network"


def test_the_page_of_promises_names_what_is_public() -> None:
    page = (ROOT / "docs" / "stability.md").read_text(encoding="utf-8")
    assert [name for name in reference.PUBLIC if f"`{name}`" not in page] == []
