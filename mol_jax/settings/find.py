"""A network by the name that a config gives it: one of the package, or a file of the user's own."""

import dataclasses
import functools
import hashlib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from mol_jax.errors import UserError
from mol_jax.settings.kind import Kind

# By name, where each of the package's own is declared; nothing of it is imported before it is used.
BUILT_IN = {
    "mol": "mol_jax.networks.mol.kind:KIND",
    "frl_dgt": "mol_jax.networks.frl_dgt.kind:KIND",
    "ststnet": "mol_jax.networks.ststnet.kind:KIND",
    "sssnet": "mol_jax.networks.sssnet.kind:KIND",
    "off_apexnet": "mol_jax.networks.off_apexnet.kind:KIND",
    "dual_inception": "mol_jax.networks.dual_inception.kind:KIND",
    "rcn_a": "mol_jax.networks.rcn_a.kind:KIND",
    "cnn_lstm": "mol_jax.networks.cnn_lstm.kind:KIND",
    "region_transformer": "mol_jax.networks.region_transformer.kind:KIND",
    "graph_au": "mol_jax.networks.graph_au.kind:KIND",
    "flow_svm": "mol_jax.classic.kinds:FLOW_SVM",
    "lbp_top": "mol_jax.classic.kinds:LBP_TOP",
    "bi_woof": "mol_jax.classic.kinds:BI_WOOF",
    "mdmo": "mol_jax.classic.kinds:MDMO",
}

_EXAMPLE = (
    "give model.network one of {}, a file of your own as mine.py:KIND, or package.module:KIND"
)


def find(name: str) -> Kind:
    """Returns the kind of network that `model.network` names.

    name: "mol", one of `BUILT_IN`; "path/to/mine.py:KIND", a file of the user's own; or
    "package.module:KIND". Raises UserError for a file, module or attribute that is not there, an
    import that fails, or an attribute that is no `Kind`.
    """
    where, colon, attribute = BUILT_IN.get(name, name).rpartition(":")
    if not colon or not where or not attribute:
        raise UserError(f"there is no network {name!r}: {_example()}.")
    module = _of_file(where) if where.endswith(".py") else _of_package(where)
    kind = getattr(module, attribute, None)
    if kind is None:
        raise UserError(
            f"model.network is {name!r}, but {where} has no {attribute}; it must be a "
            "mol_jax.settings.kind.Kind."
        )
    if not isinstance(kind, Kind):
        raise UserError(
            f"model.network is {name!r}, but {attribute} in {where} is a {type(kind).__name__}; it "
            "must be a mol_jax.settings.kind.Kind."
        )
    return kind


def source(name: str) -> str:
    """Returns the SHA-256 of the file that a network of the user's own is in, "" for one of ours.

    With the settings and the data it is what a run's weights come from.
    """
    if name in BUILT_IN:
        return ""
    find(name)
    where = name.rpartition(":")[0]
    file = _path(where) if where.endswith(".py") else importlib.import_module(where).__file__
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def _path(where: str) -> Path:
    """Returns the path of a file as it was typed. Raises UserError where it cannot be one."""
    try:
        return Path(where).expanduser()
    except RuntimeError as error:  # ~nobody
        raise UserError(
            f"the file of model.network is not there ({where}): {_example()}."
        ) from error


def _of_package(where: str) -> ModuleType:
    try:
        return importlib.import_module(where)
    except ModuleNotFoundError as error:
        if error.name and (where == error.name or where.startswith(f"{error.name}.")):
            raise UserError(f"there is no module {where!r}: {_example()}.") from error
        raise broken(where, error) from error
    except (Exception, SystemExit) as error:  # it may be the user's own program
        raise broken(where, error) from error


def _of_file(where: str) -> ModuleType:
    path = _path(where)
    try:
        text = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: of a zero byte in the name
        why = getattr(error, "strerror", None) or error
        raise UserError(
            f"the file of model.network cannot be read ({why}: {where!r}): {_example()}."
        ) from error
    return _loaded(where, _Source(path.resolve(), text))


@dataclasses.dataclass(frozen=True)
class _Source:
    """A file and what is in it: the same is loaded once, so that its networks are equal."""

    path: Path
    text: bytes


@functools.cache
def _loaded(where: str, source: _Source) -> ModuleType:
    name = f"own_network_{hashlib.sha256(bytes(source.path) + source.text).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, source.path)
    assert spec is not None and spec.loader is not None  # it ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look their annotations up
    try:
        exec(compile(source.text, source.path, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:  # the file is the user's own program
        del sys.modules[name]
        raise broken(where, error) from error
    return module


def broken(where: str, error: BaseException) -> UserError:
    """Returns the refusal of a file or module that fails as it is read, with the line that did."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if _is_of(where, Path(frame.filename))]
    line = error.lineno if isinstance(error, SyntaxError) else next(reversed(lines), None)
    at = f", line {line}" if line else ""
    said = str(error).strip().partition("\n")[0] or "no message"
    return UserError(
        f"{where} cannot be used as a network ({type(error).__name__}: {said}{at}); docs/extend.md "
        "has a whole one."
    )


def _is_of(where: str, file: Path) -> bool:
    """Tells whether a file is the one that a network was looked for in."""
    if where.endswith(".py"):
        return file.resolve() == _path(where).resolve()
    return file.with_suffix("").parts[-where.count(".") - 1 :] == tuple(where.split("."))


def _example() -> str:
    return _EXAMPLE.format(", ".join(BUILT_IN))
