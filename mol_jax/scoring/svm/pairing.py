"""Which line of the SVM's table is about which line of another table, and whether the two agree."""

from collections.abc import Sequence

from mol_jax.errors import UserError
from mol_jax.protocol.people import subject_name
from mol_jax.scoring.predictions import Prediction

Pair = tuple[Prediction, Prediction]  # of a table, and of the SVM on the same clip
Key = tuple[str, str, str]  # dataset, subject, clip


def shared(rows: Sequence[Prediction], says: Sequence[Prediction], file: str) -> list[Pair]:
    """Returns the rows of the clips that both tables have, each with the SVM's.

    Where one of the tables has no column dataset, subject and clip decide. Raises UserError where
    they are then of several clips. file: what the SVM's table is called.
    """
    theirs = dict(zip(_keys(says, rows, file), says, strict=True))
    keyed = zip(_keys(rows, says, file), rows, strict=True)
    return [(row, theirs[key]) for key, row in keyed if key in theirs]


def every(rows: Sequence[Prediction], says: Sequence[Prediction], file: str) -> list[Pair]:
    """Returns `shared`. Raises UserError where the SVM lacks a clip or has another label."""
    pairs = shared(rows, says, file)
    lacking = sorted({row.video for row in rows} - {row.video for row, _ in pairs})
    if lacking:
        has, asked = ({row.dataset for row in table} - {""} for table in (says, rows))
        of = f"; it is of dataset {', '.join(sorted(has))}" if has and asked - has else ""
        raise UserError(
            f"{file} holds other clips: {len(lacking)} are lacking, first {_named(lacking[0])}{of}"
        )
    for row, svm in pairs:
        if row.true != svm.true:
            raise UserError(
                f"{file} holds other labels: {_named(row.video)} is {svm.true} there and "
                f"{row.true} here"
            )
    return pairs


def check_folds(pairs: Sequence[Pair], file: str) -> None:
    """Raises UserError unless both tables part the clips into the same folds, however named."""
    ours: dict[tuple[int, str], str] = {}
    theirs: dict[tuple[int, str], str] = {}
    for row, svm in pairs:
        known = ours.setdefault((row.seed, row.fold), svm.fold)
        back = theirs.setdefault((row.seed, svm.fold), row.fold)
        if (known, back) != (svm.fold, row.fold):
            raise UserError(
                f"{file} is of other folds: {_named(row.video)} is tested in {svm.fold} there and "
                f"in {row.fold} here, and these hold different clips: make it under the protocol "
                "of the predictions"
            )


def _keys(rows: Sequence[Prediction], others: Sequence[Prediction], file: str) -> list[Key]:
    """Returns a key per row, that of the same clip in the other table."""
    has, other = ({row.dataset for row in table} for table in (rows, others))
    if (has == {""}) == (other == {""}):
        return [row.video for row in rows]
    # Subjects are spelled as in the dataset, so that SAMM's 6 is 006 where the other side says so.
    (only,) = other if len(other) == 1 else ("",)
    keys = [("", subject_name(row.dataset or only, row.subject), row.clip) for row in rows]
    videos: dict[Key, Key] = {}
    for key, row in zip(keys, rows, strict=True):
        if videos.setdefault(key, row.video) != row.video:
            raise UserError(
                f"{file} and the predictions cannot be matched: one of them has no column dataset, "
                f"and {_named(key)} is in several datasets of the other: add the column"
            )
    return keys


def _named(video: Key) -> str:
    dataset, subject, clip = video
    return f"clip {clip} of subject {subject}" + f" of dataset {dataset}" * bool(dataset)
