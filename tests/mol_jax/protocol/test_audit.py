"""The audit finds each kind of leak that is planted, and says so in words."""

import numpy as np
import pytest

from mol_jax.protocol.audit import (
    audit,
    check_rows,
    leaks,
    seen_before,
    untaught,
    words,
)
from mol_jax.protocol.folds import Fold, make_folds
from mol_jax.scoring.pages.cautions import split_persons
from mol_jax.scoring.predictions import Prediction

PERSONS = ["d/a", "d/a", "d/b", "d/b", "d/c", "d/c"]
CLIPS = [f"{person}/c{row}" for row, person in enumerate(PERSONS)]


def frames() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (6, 2, 4, 4), dtype=np.uint8)


def rows(*numbers) -> np.ndarray:
    return np.array(numbers, np.int64)


def found(folds=None, *, clips=CLIPS, pictures=None, independent=True, **how):
    folds = make_folds("loso", PERSONS) if folds is None else folds
    pictures = frames() if pictures is None else pictures
    return audit(folds, PERSONS, clips, pictures, independent=independent, **how)


def test_clean_folds_have_no_leak():
    clean = found()
    assert leaks(clean) == []
    assert clean["subject_independent"] is True
    assert (clean["folds"], clean["clips_tested"]) == (3, 6)
    said = " ".join(words(clean))
    assert "No person is on two sides of any of the 3 folds;" in said
    assert "There was no pre-training" in said
    assert "The linear SVM beside the score takes its means, deviations and weights from" in said
    assert "SVM" not in " ".join(words(clean, scored=False))


def test_lovo_is_no_test_of_new_people():
    lovo = found(make_folds("lovo", PERSONS, clips=CLIPS), independent=False)
    assert lovo["subject_independent"] is False
    (sentence,) = leaks(lovo)
    assert sentence.startswith("**NOT SUBJECT-INDEPENDENT: in 6 of 6 folds")
    assert "d/a in a/c0" in sentence


def test_where_nobody_is_tested_that_is_said_in_place_of_a_score():
    everybody = found(make_folds("all", PERSONS), seen_persons=["d/a"])
    assert (everybody["subject_independent"], everybody["clips_tested"]) == (None, 0)
    (sentence,) = leaks(everybody)
    assert sentence.startswith("**NOBODY IS TESTED: every person is trained on")
    assert "SVM" not in " ".join(words(everybody)) and "two sides" not in " ".join(words(everybody))


def test_one_person_is_found_whichever_sides_they_are_on():
    for one, other in (("train", "test"), ("validation", "train"), ("test", "validation")):
        sides = dict.fromkeys(("train", "validation", "test"), rows(4))
        leaking = found([Fold("f", **(sides | {one: rows(0), other: rows(1, 2)}))])
        assert leaking["persons_on_both_sides"] == {"count": 1, "shown": ["d/a in f"]}
        assert leaking["subject_independent"] is False


def test_one_video_under_two_people_is_a_leak():
    pictures = frames()
    pictures[4] = pictures[1]
    (sentence,) = leaks(found(pictures=pictures))
    assert sentence.startswith("**LEAK: one video is on both sides of a fold, 2 times**")
    assert "d/a/c1 and d/c/c4 (the same frames) in a" in sentence


def test_a_video_twice_under_one_person_is_on_one_side():
    pictures = frames()
    pictures[0] = pictures[1]
    assert leaks(found(pictures=pictures)) == []


def test_equal_checksums_of_other_frames_are_no_twins(monkeypatch):
    monkeypatch.setattr("mol_jax.protocol.audit.zlib.crc32", lambda _: 0)
    assert leaks(found()) == []


def test_a_row_that_is_there_twice_is_found_by_its_name():
    clips = [*CLIPS[:5], CLIPS[0]]
    assert "(the same name)" in leaks(found(clips=clips))[0]


def test_persons_of_a_pre_training_are_compared():
    folds = make_folds("loso", PERSONS)
    assert seen_before(["d/c", "e/a"], folds, PERSONS) == ["d/c"]
    (sentence,) = leaks(found(seen_persons=iter(["d/c", "e/a"])))
    assert sentence.startswith("**LEAK: pre-training has seen 1 of the persons who are tested")
    clean = found(seen_persons=["e/a", "e/b"])
    assert "None of 2 persons of the pre-training is tested." in words(clean)
    assert leaks(clean) == []
    drawn = found(seen_generated=True)
    assert "Pre-training saw generated faces only, and so nobody who is tested." in words(drawn)
    assert leaks(drawn) == []


def test_rows_on_a_device_are_those_of_their_fold():
    fold = Fold("f", train=rows(0, 1, 2), test=rows(4), validation=rows(3))
    check_rows(np.array([[0, 2, 0, 0]]), [fold])
    check_rows(np.array([[0, 2], [4, 4]]), [fold])  # the second slot is padding
    for odd in (3, 4, 5):
        with pytest.raises(AssertionError, match="held out"):
            check_rows(np.array([[0, odd]]), [fold])
    overlapping = Fold("f", train=rows(0, 4), test=rows(4))
    with pytest.raises(AssertionError, match="held out"):
        check_rows(np.array([[0]]), [overlapping])


def test_all_findings_are_counted_though_few_are_named():
    persons = [f"d/{i // 2}" for i in range(60)]
    clips = [f"{person}/c{row}" for row, person in enumerate(persons)]
    pictures = np.random.default_rng(0).integers(0, 256, (60, 1, 4, 4), dtype=np.uint8)
    folds = make_folds("lovo", persons, clips=clips)
    (sentence,) = leaks(audit(folds, persons, clips, pictures, independent=False))
    assert "in 60 of 60 folds" in sentence and "and 58 more" in sentence


def predicted(*keys):
    """Returns predictions of (dataset, subject, fold, seed)."""
    return [
        Prediction(dataset, subject, f"c{i}", fold, 0, seed, "a", "a")
        for i, (dataset, subject, fold, seed) in enumerate(keys)
    ]


def test_a_table_shows_by_its_folds_that_persons_were_split():
    whole = [("casme2", "sub01", "f1", 0), ("casme2", "sub01", "f1", 0), ("samm", "006", "f2", 0)]
    assert split_persons(predicted(*whole)) == []
    assert split_persons(predicted(*whole, ("casme2", "sub01", "f3", 1))) == []  # another seed's
    assert split_persons(predicted(*whole, ("samm", "006", "f1", 0))) == ["samm/006"]
    cameras = [("smic", "s3", "f1", 0), ("smic_vis", "s3", "f2", 0)]
    assert len(split_persons(predicted(*cameras))) == 1  # one person in both


def test_statistics_of_the_tested_subject_are_a_leak():
    (said,) = leaks(found(scaled_by_subject=True))
    assert said.startswith("**LEAK: pixels are scaled by each subject's mean")
    assert "Pixels are scaled by constants." in words(found())


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ((0, 1, 0, 1, 0, 1), []),
        (
            (2, 1, 0, 1, 0, 1),
            ["The class rare cannot be learned: the fold that tests it (a)"],
        ),
        (
            (2, 2, 0, 1, 0, 1),
            ["The class rare cannot be learned: the fold that tests it (a)"],
        ),
        ((2, 1, 2, 1, 0, 0), ["The class sad cannot be learned: the fold that tests it (c)"]),
        ((0, 0, 1, 1, 2, 2), ["The class sad can", "The class happy can", "The class rare can"]),
    ],
)
def test_a_class_of_one_person_cannot_be_learned(labels, said):
    found = untaught(make_folds("loso", PERSONS), labels, ("sad", "happy", "rare"))
    assert len(found) == len(said)
    assert all(one.startswith(text) for one, text in zip(found, said, strict=True))
    lovo = make_folds("lovo", PERSONS, clips=CLIPS)
    assert len(untaught(lovo, labels, ("sad", "happy", "rare"))) == (labels.count(2) == 1)
