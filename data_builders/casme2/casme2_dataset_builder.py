"""TFDS builder of CASME II."""

from pathlib import Path

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.casme2 import annotation
from data_builders.records.builder import ClipBuilder


class Builder(ClipBuilder):
    """CASME II, one record per row of the coding workbook."""

    def annotate(self, source: Path) -> AnnotatedSource:
        return annotation.annotate(source, self.name)
