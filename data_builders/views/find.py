"""A class view by its name: one of its dataset's, a user's own map, or several joined."""

import difflib
import importlib
import os
from collections.abc import Collection
from pathlib import Path

from data_builders.datasets import VIEW_MODULES
from data_builders.recipes import names
from data_builders.views import composite, own_map
from data_builders.views.view import COMPOSITE, View
from mol_jax.errors import UserError


def views_of(dataset: str) -> dict[str, View]:
    """All views of a dataset, by name.

    Raises:
      UserError: if the dataset is not known.
    """
    if dataset not in VIEW_MODULES:
        recipe = names.named(dataset)
        if recipe is not None:
            raise UserError(recipe.advice)
        raise UserError(_unknown("dataset", dataset, [*VIEW_MODULES, COMPOSITE]))
    module = importlib.import_module(VIEW_MODULES[dataset])
    return {view.name: view for view in module.VIEWS if view.dataset == dataset}


def get_view(dataset: str, view_name: str) -> View:
    """One view of a dataset, or the user's own map where `view_name` is a path to a .csv file.

    Of the dataset "composite" a view of several: see `data_builders/views/composite.py`.

    Raises:
      UserError: if the dataset or the view is not known (it names those that are), or if the map
        is none.
    """
    if dataset == COMPOSITE:
        return composite.read(view_name, get_view)
    views = views_of(dataset)
    if view_name.lower().endswith(".csv"):
        return own_map.read(dataset, Path(os.path.expanduser(view_name)))
    if view_name not in views:
        raise UserError(_unknown(f"view of {dataset}", view_name, views))
    return views[view_name]


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    begun = [one for one in known if name and one.startswith(name)]
    near = begun or difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return f"there is no {what} named {name!r}: {hint}Known: {', '.join(known)}"
