"""Where a built dataset comes from; all that DATA_DIR/NAME holds comes from one place.

A sweep over t, or over alignments, compares builds of one name: of two sources it would compare
other clips, and of two landmark models other crops, without a word.
"""

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_builders.annotations.annotation import AnnotatedSource, read_marker
from data_builders.pixels import faces
from data_builders.records import fingerprints
from data_builders.records.load import built_path
from mol_jax.errors import UserError

METADATA = "metadata.json"  # TFDS writes it beside the records


@dataclasses.dataclass(frozen=True)
class Origin:
    """What a build is made of.

    Attributes:
      clips: SHA-256 of the annotation and the frames of the clips.
      generator: the marker of a generated look-alike, None for real data.
      predictor: SHA-256 of the landmark model, None for a detector of the caller's.
      file: the annotation's name, for messages; it may change.
    """

    clips: str | None
    generator: dict[str, Any] | None
    predictor: str | None
    file: str = dataclasses.field(default="", compare=False)

    @classmethod
    def of_metadata(cls, metadata: dict[str, Any]) -> "Origin":
        """What the metadata of a built dataset say."""
        made_of = metadata["annotation"]
        predictor = (metadata["predictor"] or {}).get("sha256")
        return cls(made_of.get("clips_sha256"), metadata["generator"], predictor, made_of["file"])

    @classmethod
    def of_source(
        cls,
        annotated: AnnotatedSource,
        source: Path,
        *,
        predictor: Path | None,
    ) -> "Origin":
        """What a build from `source` would be made of; predictor: None for the caller's detector.

        Raises:
          UserError: if the frames of a clip cannot be told apart.
        """
        clips = fingerprints.of_clips(annotated, source)
        model = fingerprints.of_file(predictor)["sha256"] if predictor else None
        return cls(clips, read_marker(source), model, annotated.file.name)

    def unlike(self, other: "Origin") -> str:
        """What of a build `self` is another than in `other`, which there is."""
        if self.predictor != other.predictor and (self.clips, self.generator) == (
            other.clips,
            other.generator,
        ):
            return "was built with another landmark model"
        return f"was built from another {other.file} or other folders, or before they changed"


def predictor_of(given: Path | None) -> Path | None:
    """The landmark model that dlib's detector would use, None where there is none."""
    try:
        return given or faces.packaged_predictor()
    except UserError:  # said when the detector is made
        return None


def built_configs(data_dir: Path, name: str) -> list[str]:
    """The configurations of a dataset that are built in `data_dir`."""
    folder = data_dir / name
    inside = sorted(folder.iterdir()) if os.path.isdir(folder) else []
    return [path.name for path in inside if built_path(name, data_dir, path.name)]


def refuse_another(path: Path | None, asked: Origin) -> None:
    """Refuses to take a built dataset for one of something else: another source, or a mended one.

    path: of what is built; None where there is nothing.

    Raises:
      UserError: naming what differs.
    """
    built = of_built(path) if path else asked
    if built != asked:
        raise UserError(
            f"{path} {built.unlike(asked)}: --overwrite builds it again, and another --data_dir "
            "keeps both"
        )


def refuse_mixed(data_dir: Path, name: str, config: str, origin: Origin) -> None:
    """Refuses a build beside others of the same name that are made of something else.

    config: the one that is to be built, which may be there already.

    Raises:
      UserError: naming the first of the others.
    """
    for other, built in _others(data_dir, name, config):
        if built != origin:
            raise UserError(
                f"{data_dir / name / other} {built.unlike(origin)}, and all builds in "
                f"{data_dir / name} are to be of the same clips, so that they can be compared: "
                f"give another --data_dir, or remove {data_dir / name} and build anew"
            )


def of_built(path: Path) -> Origin:
    """What a built dataset in this folder is made of.

    Raises:
      UserError: if its metadata are damaged.
    """
    try:
        return Origin.of_metadata(json.loads((path / METADATA).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path / METADATA} is damaged: build with --overwrite") from error


def _others(data_dir: Path, name: str, config: str) -> Iterator[tuple[str, Origin]]:
    for other in built_configs(data_dir, name):
        path = built_path(name, data_dir, other)
        if other == config or path is None:
            continue
        with contextlib.suppress(UserError):  # damaged: said when it is opened
            yield other, of_built(path)
