"""Hashes that tell what a dataset was built from."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.pixels import frames, sampling
from data_builders.records import keeping

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


def of_clips(annotated: AnnotatedSource, source: Path) -> str:
    """SHA-256 of what the annotation says of each clip, and of the frames that are there.

    Of a frame its name and size, so that it does not change when the dataset is copied or moved, or
    when a file appears that no clip needs; of a clip's folder the last parts below `source`.

    Raises:
      UserError: if a folder's frames cannot be told apart.
    """
    plain = []
    for clip in annotated.clips:
        files = frames.index_frames(clip.folder)
        numbers = sampling.clip_numbers(clip, np.array(list(files), np.int64))
        fields: dict[str, Any] = dataclasses.asdict(clip)
        fields["folder"] = Path(os.path.relpath(clip.folder, source)).parts[-FOLDER_PARTS:]
        fields["frames"] = [one[:2] for one in keeping.stamps(files[n] for n in numbers)]
        plain.append(fields)
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
