"""Datasets for the runs of tables: whether they are built, and generated ones for --size=small.

The generated ones are look-alikes of the licensed datasets, with their names, layouts and classes,
so that every row reads its own. Three subjects each.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from ml_collections import ConfigDict

from data_builders.build import build
from data_builders.disk.workspace import workspace
from data_builders.records.load import built_path, open_dataset
from data_builders.synthetic import generate
from data_builders.synthetic.look_alikes import samm, smic
from data_builders.views.composite import parts_of
from data_builders.views.find import get_view
from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.files.place import typed

# Between them, three subjects show every class of every view.
_SAMM, _SMIC = ("007", "016", "017"), (1, 11, 15)


def _draw_casme2(root: Path) -> None:
    generate(root, subjects=3, clips=5, amplitude=(3.0, 4.0))


def _draw_samm(root: Path) -> None:
    samm.write_tree(root, subjects=_SAMM)


def _draw_smic(root: Path) -> None:
    smic.write_tree(root, subjects=_SMIC, parts=("raw",))


DRAW: dict[str, Callable[[Path], None]] = {
    "casme2": _draw_casme2,
    "samm": _draw_samm,
    "smic": _draw_smic,
}


def datasets(config: ConfigDict) -> list[str]:
    """Returns the names of the datasets that a config reads, several for a composite."""
    return [view.dataset for view in parts_of(get_view(config.data.name, config.data.view))]


def unbuilt(config: ConfigDict) -> str | None:
    """Returns the sentence about the first dataset of a config that is not built, or None."""
    folder = typed(config.data.dir, "data.dir")
    for name in datasets(config):
        if built_path(name, folder, _build_name(config)) is None:
            try:
                open_dataset(name, folder, _build_name(config))
            except UserError as error:
                return str(error)
    return None


def ensure_generated(configs: Iterable[ConfigDict], folder: Path) -> None:
    """Draws and builds, below `folder`, every generated dataset that the configs read.

    What is there already is kept.
    """
    for config in configs:
        for name in datasets(config):
            if built_path(name, folder, _build_name(config)):
                continue
            raw = folder / "raw" / name
            if not raw.exists():
                print(f"drawing a look-alike of {name} into {raw}", flush=True)
                _draw(name, raw)
            print(f"building {name} {_build_name(config)} in {folder}", flush=True)
            build(
                name,
                raw,
                data_dir=folder,
                frames=config.data.frames,
                size=settings.aligned_size(config),
                alignment=config.data.alignment,
                flow=config.data.flow,
                sampling=config.data.sampling,
                phases=config.data.phases,
                magnify=config.data.magnify,
            )


def _build_name(config: ConfigDict) -> str:
    from mol_jax.data import (  # noqa: PLC0415  with it comes JAX, which a slip may keep from starting
        load,
    )

    return load.build_name(config)


def _draw(name: str, raw: Path) -> None:
    """Draws a look-alike, whole or not at all; what another process drew meanwhile is kept."""
    try:
        with workspace(raw.parent) as work:
            DRAW[name](work / name)
            try:
                (work / name).rename(raw)
            except OSError:
                if not raw.is_dir():  # nor did another one put its own there first
                    raise
    except OSError as error:
        raise UserError(
            f"cannot write {raw} ({error.strerror or error}); make room or choose another "
            "--workdir."
        ) from error
