"""Write the reference of every public name, made from the docstrings, as HTML that needs no network.

    python docs/reference.py FOLDER

`make reference` calls it. docs/stability.md says what of it may change, and how.
"""

import sys
from importlib import import_module
from pathlib import Path

import pdoc

from tidegate import __version__

PUBLIC = ("tidegate", "tidegate.orchestration", "tidegate.testing", "tidegate.errors")
"""The modules whose names are public."""


def modules() -> list[pdoc.doc.Module]:
    """The public modules as pdoc sees them. Names that a module imports when they are first used are imported."""
    found = [import_module(name) for name in PUBLIC]
    for module in found:
        vars(module).update({name: getattr(module, name) for name in getattr(module, "__all__", ())})
    return [pdoc.doc.Module(module) for module in found]


def write(folder: Path) -> None:
    """Write one page per module, an index of them and a search, below `folder`."""
    modules()
    pdoc.render.configure(docformat="google", show_source=False, footer_text=f"tidegate {__version__}")
    pdoc.pdoc(*PUBLIC, output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
