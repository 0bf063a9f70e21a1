"""TFDS builder of anybody's own recordings."""

import dataclasses
from pathlib import Path

from tensorflow_datasets.core.dataset_metadata import DatasetMetadata

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.folder import annotation
from data_builders.records.builder import BuildOptions, ClipBuilder


@dataclasses.dataclass(frozen=True)
class Options(BuildOptions):
    """How to build; labels: the table of labels, None for labels.csv among the recordings."""

    labels: Path | None = None


class Builder(ClipBuilder):
    """One record per line of a table of labels."""

    MANUAL_DOWNLOAD_INSTRUCTIONS = "These are your own recordings, see the README."

    @classmethod
    def get_metadata(cls) -> DatasetMetadata:
        # Not the README beside this file, which describes no one's recordings.
        return DatasetMetadata(description="Recordings of the user's own.", citation="", tags=[])

    def annotate(self, source: Path) -> AnnotatedSource:
        labels = getattr(self.options, "labels", None)
        return annotation.annotate(source, self.name, annotation.find_labels(source, labels))
