"""Hashes that tell what a dataset was built from."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

from data_builders.common.annotation import AnnotatedSource

FOLDER_PARTS = 3  # of a clip's path: the archive, the subject and the clip; the rest may move


def of_file(file: Path) -> dict[str, str]:
    """Name and SHA-256 of a file, so that a built dataset says what made it.

    Of a folder, whose names are then the annotation: its last two parts, and the paths in it.
    """
    if file.is_dir():
        paths = sorted(os.fsencode(path.relative_to(file).as_posix()) for path in file.rglob("*"))
        sha256 = hashlib.sha256(b"\n".join(paths)).hexdigest()
        return {"file": "/".join(file.parts[-2:]), "sha256": sha256}
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    return {"file": file.name, "sha256": digest.hexdigest()}


def of_clips(annotated: AnnotatedSource) -> str:
    """SHA-256 of what the annotation says of each clip, and of the archive its frames lie in.

    It does not change when the dataset is moved, or when a file appears that no clip needs.
    """
    plain = []
    for clip in annotated.clips:
        fields = dataclasses.asdict(clip)
        plain.append(fields | {"folder": fields["folder"].parts[-FOLDER_PARTS:]})
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
