"""What scores tables runs where no JAX is installed: launch, and a reader of somebody's run."""

import subprocess
import sys
from pathlib import Path

import pytest

import mol_jax

PACKAGE = Path(mol_jax.__file__).parent
BLOCKED = """
import importlib, sys
sys.modules.update(dict.fromkeys(("jax", "jaxlib", "flax", "optax")))  # None: an import fails
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules(room: str) -> list[str]:
    """Returns the name of every module of a package of mol_jax, none where it is not there."""
    paths = sorted((PACKAGE / room).rglob("*.py"))
    dotted = (".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths)
    return [name.removesuffix(".__init__") for name in dotted if not name.endswith("__main__")]


def imported(names: list[str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", BLOCKED, *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("room", ["scoring", "protocol", "weights"])
def test_every_module_is_imported_without_jax(room):
    names = modules(room)
    assert "mol_jax.scoring.mark" in names or room != "scoring"
    done = imported(names)
    assert done.returncode == 0, done.stderr


def test_a_module_that_needs_jax_would_be_found():
    assert "import of jax halted" in imported(["mol_jax.networks.network"]).stderr
