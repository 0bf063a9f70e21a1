"""Class views: which raw emotions make which classes.

A view is chosen when loading; records hold raw emotions, so no class set is baked into them. Its
name is one of its dataset's, or the path of a user's own map: see `data_builders/views/own_map.py`.
"""

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from mol_jax.errors import UserError

COMPOSITE = "composite"  # what a config names for several datasets; nothing of that name is built


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
        """Class of a record (emotion, subject, clip, onset and apex), None where it is left out."""
        apex_missing = record["apex"] <= record["onset"]  # -1 where the annotation has none
        if record["subject"] in self.exclude_subjects or (self.needs_apex and apex_missing):
            return None
        return self.mapping.get(record["emotion"])

    def settle(self, emotions: Collection[str]) -> "View":
        """The view for a dataset with these raw emotions, which `label` may be asked of.

        Raises:
          UserError: if it does not fit them.
        """
        return self

    @property
    def label_map_hash(self) -> str:
        """Eight hex characters that change when the view labels any record differently."""
        decides = [self.classes, sorted(self.mapping.items()), self.needs_apex]
        text = json.dumps([*decides, sorted(self.exclude_subjects)])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


class EveryLabel(View):
    """A view whose classes are the raw labels themselves: there are none before `settle`."""

    def settle(self, emotions: Collection[str]) -> View:
        if len(emotions) < 2:
            raise UserError(
                f"{self.dataset} has the label {', '.join(emotions)} and no other: recognition "
                "needs clips of at least two"
            )
        mapping = {emotion: emotion for emotion in sorted(emotions)}
        return dataclasses.replace(self, classes=tuple(mapping), mapping=mapping)
