"""Imports go one way: a room takes from those below it, and nothing goes in a circle."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_builders.views.view import COMPOSITE
from mol_jax.settings import together

ROOT = Path(__file__).parents[1]
GROUND = ("interrupts", "errors", "terminal", "text", "files")  # these take from one another
FLOORS = (  # from the lowest up; rooms of one floor do not know each other
    GROUND,
    ("settings", "protocol"),
    ("scoring",),
    ("weights",),
    ("data",),
    ("paper",),
    ("networks",),
    ("classic",),
    ("training",),
    ("reporting",),
    ("dense",),
    ("study",),
    ("moved",),
    ("robustness",),
    ("pretraining",),
    ("pictures",),
    ("spotting",),
    ("predicting",),
    ("exporting", "serving", "learned"),
    ("main", "score", "report", "floor", "pretrain", "predict", "export"),
)
BUILDER_FLOORS = (
    ("datasets", "disk"),
    ("annotations",),
    ("video", "recipes"),
    ("pixels",),
    ("records",),
    ("views",),
    ("casme2", "samm", "smic", "affwild2", "folder"),
    ("annotate", "megc2019"),
    ("build",),
    ("synthetic", "diagnosis"),
    ("doctor", "convert"),
)
# reporting: the faces of a built dataset; classic: flow and strain; pretraining: drawn faces;
# spotting: flow; predicting: recordings made to clips as a build makes them;
# learned: what marks drawn recordings; pictures: the truth of drawn clips;
# serving: a drawn recording to try
USES_BUILDERS = (
    "data",
    "classic",
    "dense",
    "reporting",
    "pretraining",
    "spotting",
    "predicting",
    "learned",
    "serving",
    "pictures",
)


@functools.cache
def modules() -> dict[str, Path]:
    files = [path for name in ("mol_jax", "data_builders") for path in (ROOT / name).rglob("*.py")]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }


@functools.cache
def imports(module: str, *, lazy: bool) -> frozenset[str]:
    """Returns the modules of the project that a module imports; lazy: also inside functions."""
    return frozenset(_imports(module, lazy=lazy))


def _imports(module: str, *, lazy: bool) -> Iterator[str]:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    unseen = {inner for node in tree.body if _for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree) if lazy else tree.body:
        if node in unseen:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom) and node.module in modules():
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else node.module


def _for_types(node: ast.AST) -> bool:
    """Tells whether a line is one that no program runs: `if TYPE_CHECKING:`."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def steps(package: str) -> list[tuple[str, str]]:
    """Returns (module, what it imports) of a package, within it."""
    return [
        (module, other)
        for module in modules()
        for other in imports(module, lazy=True)
        if module.startswith(f"{package}.") and other.startswith(f"{package}.")
    ]


@pytest.mark.parametrize(
    ("package", "floors"), [("mol_jax", FLOORS), ("data_builders", BUILDER_FLOORS)]
)
def test_a_room_takes_only_from_those_below_it(package, floors):
    level = {name: number for number, floor in enumerate(floors) for name in floor}
    unknown = {room(module) for pair in steps(package) for module in pair} - set(level)
    assert not unknown, "a new room needs its floor"
    ground = set(floors[0])
    wrong = [
        (module, other)
        for module, other in steps(package)
        if room(module) != room(other)
        and not {room(module), room(other)} <= ground
        and level[room(other)] >= level[room(module)]
    ]
    assert wrong == []
    assert len(steps(package)) > 300, "the imports were looked at"


def test_the_builders_take_only_ground_from_the_networks_side_and_few_rooms_take_from_them():
    for module in modules():
        for other in imports(module, lazy=True):
            if module.startswith("data_builders") and other.startswith("mol_jax."):
                assert room(other) in GROUND, (module, other)
            if module.startswith("mol_jax") and other.startswith("data_builders"):
                assert room(module) in USES_BUILDERS, (module, other)


def test_no_module_imports_itself_over_others():
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, path[path.index(module) :]
        if module not in done:
            for other in imports(module, lazy=False):
                visit(other, (*path, module))
            done.add(module)

    for module in modules():
        visit(module, ())
    assert len(done) > 300


def test_the_trainer_names_no_network():
    """What `networks/network.py` and the finder give is all that training knows of a network.

    Beside these it knows layers and losses that any may have.
    """
    known = {"network", "classification", "layers", "convolutions", "metric", "split_batch"}
    for module in modules():
        if module.startswith("mol_jax.training"):
            for other in imports(module, lazy=True):
                if other.startswith("mol_jax.networks."):
                    assert other.split(".")[2] in known, (module, other)


def test_both_sides_call_a_composite_the_same():
    assert together.COMPOSITE == COMPOSITE
