"""TFDS builder of Aff-Wild2's expression track."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_builders.affwild2 import annotation
from data_builders.affwild2.cutting import Rule
from data_builders.annotations.annotation import AnnotatedSource
from data_builders.records.builder import BuildOptions, ClipBuilder


@dataclasses.dataclass(frozen=True)
class Options(BuildOptions):
    """How to build; rule: how videos are cut into clips."""

    rule: Rule = dataclasses.field(default_factory=Rule)


class Builder(ClipBuilder):
    """Aff-Wild2, one record per clip cut out of a video; the metadata say how as `cut`."""

    _cut: dict[str, Any]

    def annotate(self, source: Path) -> AnnotatedSource:
        found = annotation.annotate(source, self.name, getattr(self.options, "rule", None))
        self._cut = found.cut
        return found

    def _generate_examples(self, source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from super()._generate_examples(source)
        self.info.metadata.update(cut=self._cut)
