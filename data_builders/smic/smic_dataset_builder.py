"""TFDS builder of SMIC's short HS clips."""

from pathlib import Path

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.records.builder import ClipBuilder
from data_builders.smic import annotation


class Builder(ClipBuilder):
    """SMIC, one record per clip folder of the camera that the dataset's name stands for."""

    def annotate(self, source: Path) -> AnnotatedSource:
        return annotation.annotate(source, self.name)
