"""TFDS builder of SAMM."""

from pathlib import Path

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.records.builder import ClipBuilder
from data_builders.samm import annotation


class Builder(ClipBuilder):
    """SAMM, one record per row of the FACS workbook."""

    def annotate(self, source: Path) -> AnnotatedSource:
        return annotation.annotate(source, self.name)
