"""Imports run one way: no stage knows of a later one, and no two modules need each other."""

from __future__ import annotations

import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.structure.imports import Import, imports
from tests.structure.source import ROOT, Module, plant, read

STAGES = [
    "errors",
    "array",
    "build",
    "derive",
    "fuse",
    "plan",
    "render",
    "run",
    "linalg",
    "nn",
    "optim",
    "table",
    "train",
    "view",
    "cli",
]
# The package's own two faces stand above all stages.
FACES = ["__init__", "__main__"]
# Where a package of an extra may be imported in a function, so that the core works without it.
DOORS = [
    "chainrule.run.machine_code",  # llvmlite makes the machine code, and takes long to load
    "chainrule.table.read",  # polars reads the files
    "chainrule.train.history",  # matplotlib draws the plot
    "chainrule.train.progress",  # rich draws the bar
    "chainrule.view",
    "chainrule.cli",
]


def stage(name: str) -> str:
    """The stage of a module, or of a name in it."""
    return name.split(".")[1] if "." in name else "__init__"


def top(name: str) -> str:
    return name.partition(".")[0]


def is_door(module: Module) -> bool:
    return any(f"{module.name}.".startswith(f"{door}.") for door in DOORS)


def all_imports(modules: list[Module]) -> list[Import]:
    return [found for module in modules for found in imports(module)]


def inner_imports(modules: list[Module]) -> list[Import]:
    """The imports of the package's own modules by those that belong to a stage."""
    return [
        found
        for found in all_imports(modules)
        if top(found.target) == "chainrule" and stage(found.importer.name) not in FACES
    ]


def strangers(modules: list[Module]) -> list[str]:
    """Modules that belong to no stage."""
    names = {stage(module.name) for module in modules}
    return sorted(names - set(STAGES) - set(FACES))


def upward(modules: list[Module]) -> list[str]:
    """Imports of a later stage."""
    order = {name: place for place, name in enumerate(STAGES)}
    return [
        str(found)
        for found in inner_imports(modules)
        if order.get(stage(found.target), -1) > order[stage(found.importer.name)]
    ]


def through_the_face(modules: list[Module]) -> list[str]:
    """Imports of the package itself, or of a name that its `__init__` gathers from a stage."""
    return [str(found) for found in inner_imports(modules) if stage(found.target) not in STAGES]


def hidden(modules: list[Module]) -> list[str]:
    """Imports inside a function, but for those of optional packages in the doors."""
    return [
        str(found)
        for found in all_imports(modules)
        if found.in_function and not (is_door(found.importer) and is_optional(found.target))
    ]


def is_optional(name: str) -> bool:
    return top(name) not in {"chainrule", "numpy", *sys.stdlib_module_names}


def cycle(modules: list[Module]) -> list[str]:
    """The modules of one ring of imports, if there is any; what only types need does not run."""
    names = {module.name for module in modules}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for found in all_imports(modules):
        if top(found.target) == "chainrule" and not found.for_types:
            graph.add(found.importer.name, resolved(found.target, names))
    try:
        graph.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def resolved(target: str, names: set[str]) -> str:
    """The module that an import loads: the target, or what it is a name in."""
    return target if target in names else target.rpartition(".")[0]


MODULES = read(ROOT, "chainrule")


def test_every_module_belongs_to_a_stage() -> None:
    assert strangers(MODULES) == []


def test_no_stage_imports_a_later_one() -> None:
    assert upward(MODULES) == []


def test_nothing_is_imported_through_the_face() -> None:
    assert through_the_face(MODULES) == []


def test_no_import_hides_in_a_function() -> None:
    assert hidden(MODULES) == []


def test_no_modules_import_each_other() -> None:
    assert cycle(MODULES) == []


def test_a_stranger_is_found(tmp_path: Path) -> None:
    modules = plant(tmp_path, {"chainrule/extra.py": "", "chainrule/array/shape.py": ""})
    assert strangers(modules) == ["extra"]


@pytest.mark.parametrize(
    "line",
    [
        "from chainrule.build.graph import Node",
        "from chainrule.build import graph",
        "from chainrule import build",
        "import chainrule.build.graph",
        "from ..build import graph",
        "def f():\n    from chainrule.build import graph",
        "if TYPE_CHECKING:\n    from chainrule.build.graph import Node",
    ],
)
def test_an_upward_import_is_found(tmp_path: Path, line: str) -> None:
    modules = plant(tmp_path, {"chainrule/array/shape.py": line, "chainrule/build/graph.py": ""})
    assert len(upward(modules)) == 1


def test_a_downward_import_passes(tmp_path: Path) -> None:
    line = "from chainrule.array.shape import f\nimport numpy"
    modules = plant(tmp_path, {"chainrule/build/graph.py": line, "chainrule/array/shape.py": ""})
    assert upward(modules) + through_the_face(modules) + hidden(modules) + cycle(modules) == []


@pytest.mark.parametrize(
    "line", ["import chainrule", "import chainrule as cr", "from chainrule import asarray"]
)
def test_an_import_through_the_face_is_found(tmp_path: Path, line: str) -> None:
    modules = plant(tmp_path, {"chainrule/nn/linear.py": line})
    assert len(through_the_face(modules)) == 1


@pytest.mark.parametrize(
    ("path", "target", "count"),
    [
        ("chainrule/table/read.py", "polars", 0),
        ("chainrule/cli/train.py", "rich.table", 0),
        ("chainrule/cli.py", "rich", 0),
        ("chainrule/table/readable.py", "polars", 1),
        ("chainrule/nn/linear.py", "polars", 1),
        ("chainrule/view/plot.py", "json", 1),
        ("chainrule/view/plot.py", "numpy", 1),
        ("chainrule/view/plot.py", "chainrule.array.shape", 1),
    ],
)
def test_a_hidden_import_is_found(tmp_path: Path, path: str, target: str, count: int) -> None:
    modules = plant(tmp_path, {path: f"class A:\n    def f(self):\n        import {target}"})
    assert len(hidden(modules)) == count


def test_a_ring_in_one_stage_is_found(tmp_path: Path) -> None:
    modules = plant(
        tmp_path,
        {
            "chainrule/array/a.py": "from chainrule.array.b import f",
            "chainrule/array/b.py": "from chainrule.array import c",
            "chainrule/array/c.py": "def g():\n    import chainrule.array.a",
        },
    )
    assert set(cycle(modules)) == {f"chainrule.array.{name}" for name in "abc"}


def test_a_module_that_imports_its_own_package_is_found(tmp_path: Path) -> None:
    modules = plant(
        tmp_path,
        {
            "chainrule/array/__init__.py": "from chainrule.array.shape import broadcast",
            "chainrule/array/shape.py": "from chainrule.array import dtype_of",
        },
    )
    assert set(cycle(modules)) == {"chainrule.array", "chainrule.array.shape"}
