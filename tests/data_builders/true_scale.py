"""The look-alikes of MEGC 2019's three datasets at true scale, as their annotations read them."""

from pathlib import Path

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import annotation as smic
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes import smic as smic_tree

KEYS = ("dataset", "subject", "person", "clip", "emotion", "onset", "apex")


def annotate(folder: Path) -> list[ClipAnnotation]:
    """Writes the three with blank images into `folder` and returns their clips."""
    few = {"faces": False, "frames": (4, 4)}
    casme2_tree.write_tree(
        folder / "casme2", **few, layout=casme2_tree.Layout(trees=(casme2_tree.SELECTED,))
    )
    smic_tree.write_tree(folder / "smic", **few, parts=("raw",))
    samm_tree.write_tree(folder / "samm", **few)
    readers = {"casme2": casme2, "smic": smic, "samm": samm}
    return [
        clip
        for name, reader in readers.items()
        for clip in reader.annotate(folder / name, name).clips
    ]


def records(folder: Path) -> list[dict]:
    """What a view is asked about, of every clip."""
    return [{key: getattr(clip, key) for key in KEYS} for clip in annotate(folder)]


def megc_lines(labelled: list[tuple[dict, str]]) -> list[str]:
    """The organisers' list of these clips, each database with its own spelling of subjects."""
    classes = ("negative", "positive", "surprise")
    lines = []
    for dataset in ("casme2", "smic", "samm"):
        for record, label in labelled:
            subject, clip = record["subject"], record["clip"]
            if record["dataset"] != dataset:
                continue
            if dataset == "smic":
                subject = f"s{int(subject[1:]):02d}"
                clip = f"{subject}_{clip.partition('_')[2]}"
            if dataset == "samm":
                subject = subject.lstrip("0")
            lines.append(f"{dataset},{subject},{clip},{classes.index(label)}")
    return lines
