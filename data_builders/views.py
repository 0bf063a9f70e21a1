"""Class views: which raw emotions make which classes.

A view is chosen when loading; records hold raw emotions, so no class set is baked into them.
"""

import dataclasses
import difflib
import hashlib
import importlib
import json
from collections.abc import Mapping
from typing import Any

from mol_jax.errors import UserError

# Where each dataset keeps its views, as VIEWS: a tuple of `View`. Imported when asked for, so that
# a dataset's folder may import this module.
VIEW_MODULES = {
    "casme2": "data_builders.casme2.views",
    "samm": "data_builders.samm.views",
    "smic": "data_builders.smic.views",
    "synthetic": "data_builders.casme2.views",
}


@dataclasses.dataclass(frozen=True)
class View:
    """A class set of one dataset, and the rule that leads from its raw labels to it.

    Attributes:
      name: the view's name in a config.
      dataset: the dataset it is of.
      classes: class names in the order of the logits.
      mapping: raw emotion in lower case → class; clips of other emotions are left out.
      rule: the rule in one sentence, for reports.
      expected_clips: how many clips the licensed dataset gives, None where that is not known.
      expected_subjects: of how many subjects they are, None where that is not known.
      needs_apex: leave out clips without an apex, or whose apex is the onset.
      exclude_subjects: subjects left out altogether.
    """

    name: str
    dataset: str
    classes: tuple[str, ...]
    mapping: Mapping[str, str]
    rule: str
    expected_clips: int | None
    expected_subjects: int | None
    needs_apex: bool = False
    exclude_subjects: tuple[str, ...] = ()

    def __post_init__(self):
        assert set(self.mapping.values()) == set(self.classes), "every class has an emotion"

    def label(self, record: Mapping[str, Any]) -> str | None:
        """Class of a record (its emotion, subject, onset and apex), None where it is left out."""
        apex_missing = record["apex"] <= record["onset"]  # -1 where the annotation has none
        if record["subject"] in self.exclude_subjects or (self.needs_apex and apex_missing):
            return None
        return self.mapping.get(record["emotion"])

    @property
    def label_map_hash(self) -> str:
        """Eight hex characters that change when the view labels any record differently."""
        decides = [self.classes, sorted(self.mapping.items()), self.needs_apex]
        text = json.dumps([*decides, sorted(self.exclude_subjects)])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def views_of(dataset: str) -> dict[str, View]:
    """All views of a dataset, by name.

    Raises:
      UserError: if the dataset is not known.
    """
    if dataset not in VIEW_MODULES:
        raise UserError(_unknown("dataset", dataset, VIEW_MODULES))
    module = importlib.import_module(VIEW_MODULES[dataset])
    return {view.name: view for view in module.VIEWS if view.dataset == dataset}


def get_view(dataset: str, view_name: str) -> View:
    """One view of a dataset.

    Raises:
      UserError: if the dataset or the view is not known; it names those that are.
    """
    views = views_of(dataset)
    if view_name not in views:
        raise UserError(_unknown(f"view of {dataset}", view_name, views))
    return views[view_name]


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no {what} named {name!r}: {hint}Known: {', '.join(known)}"
