"""The folds of a config on a loaded dataset, and its protocol in words."""

from collections.abc import Sequence

from ml_collections import ConfigDict

from data_builders.views.composite import parts_of
from data_builders.views.find import get_view
from data_builders.views.view import View
from mol_jax.data.clips import Dataset
from mol_jax.errors import UserError
from mol_jax.protocol import folds as folds_of_protocol
from mol_jax.protocol.folds import Fold
from mol_jax.protocol.held_in import hold_in
from mol_jax.text.words import nearest


def clip_paths(dataset: Dataset) -> list[str]:
    """Returns the name of each row, as "casme2/sub01/EP02_01f"."""
    return [f"{name.dataset}/{name.subject}/{name.clip}" for name in dataset.names]


def make_folds(config: ConfigDict, dataset: Dataset) -> Sequence[Fold]:
    """Returns the folds of a config. Raises UserError if protocol.only names one that is not."""
    persons = [name.person for name in dataset.names]
    folds = folds_of_protocol.make_folds(
        config.protocol.name,
        persons,
        dataset.table.label,
        classes=dataset.classes,
        folds=config.protocol.folds,
        clips=clip_paths(dataset),
        train=config.protocol.train,
        test=config.protocol.test,
    )
    if config.selection.name == "inner":
        folds = hold_in(folds, persons, dataset.table.label, config.selection.validation)
    names = [fold.name for fold in folds]
    for name in config.protocol.only:
        parts = [part.strip() for part in name.split(",")]
        if name not in names and len(parts) > 1 and set(parts) <= set(names):
            raise UserError(
                f"protocol.only names the fold {name!r}, which is {len(parts)} folds in one text: "
                f'write --config.protocol.only="{tuple(parts)}".'
            )
        if name not in names:
            near = nearest(name, names)
            raise UserError(
                f"protocol.only names the fold {name!r}, which is none of the {len(names)} here: "
                f"did you mean {near!r}?"
            )
    return folds


def check_sides(config: ConfigDict) -> None:
    """Raises UserError where the sides of a cross-dataset run are not the datasets of the view.

    It reads nothing, and comes before hours of drawing and building.
    """
    if config.protocol.name == "cross":
        datasets = [part.dataset for part in _parts(config)]
        folds_of_protocol.check_sides(config.protocol.train, config.protocol.test, datasets)


def protocol_words(config: ConfigDict) -> str:
    """Returns the protocol of a config in words, with the views of its datasets."""
    views = {part.dataset: part.name for part in _parts(config)}
    return folds_of_protocol.words(config.protocol, views=views)


def _parts(config: ConfigDict) -> tuple[View, ...]:
    return parts_of(get_view(config.data.name, config.data.view))
