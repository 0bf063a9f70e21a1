"""Which frame is the apex by each source, what stands in, and what is kept of those spotted."""

import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX
from mol_jax import settings
from mol_jax.data import apexes
from mol_jax.data.apex_source import ANNOTATED, MIDDLE, SOURCES, Apex, counts, words
from mol_jax.data.apexes import Apexes
from mol_jax.data.recipe import RECIPES
from mol_jax.data.spotting import SPOTTERS
from mol_jax.errors import UserError
from mol_jax.settings.kind import WITHOUT_APEX
from tests.mol_jax import tiny

FLOW = "spotted_flow"


def record(apex: int, *, first=11, count=9, seed=0) -> dict:
    rng = np.random.default_rng(seed)
    return {
        "frame_numbers": np.arange(first, first + count),
        "apex": apex,
        "frames": rng.integers(0, 256, (count, 6, 6, 1), dtype=np.uint8),
        "landmarks": rng.normal(size=(count, 68, 2)).astype(np.float32),
    }


@pytest.fixture
def spotted(monkeypatch) -> list:
    """Returns the frames that were looked at; the third is the apex of all that are not black."""
    looked_at = []

    def spot(frames, landmarks):
        assert frames.ndim == 3 and landmarks.shape == (len(frames), 68, 2)
        looked_at.append(frames)
        return 2 if frames.any() else None

    for name in SPOTTERS:
        monkeypatch.setitem(SPOTTERS, name, spot)
    return looked_at


def test_the_sources_are_those_of_the_field():
    assert {*SOURCES} == {ANNOTATED, MIDDLE, *SPOTTERS}
    rule = settings.declared("ststnet")["data.apex_source"].rule
    assert all(rule.allows(source) for source in SOURCES)


@pytest.mark.parametrize(
    ("source", "apex", "expected"),
    [
        (ANNOTATED, 13, Apex(13, ANNOTATED)),
        (ANNOTATED, NO_APEX, Apex(15, MIDDLE)),
        (ANNOTATED, 11, Apex(15, MIDDLE)),  # the onset
        (ANNOTATED, 5, Apex(15, MIDDLE)),  # before the first frame on disk
        (ANNOTATED, 40, Apex(19, ANNOTATED)),  # beyond the last
        (MIDDLE, 13, Apex(15, MIDDLE)),
        (MIDDLE, NO_APEX, Apex(15, MIDDLE)),
        (FLOW, 18, Apex(13, FLOW)),
        ("spotted_frequency", NO_APEX, Apex(13, "spotted_frequency")),
    ],
)
def test_an_apex_is_of_its_source_or_in_the_middle(spotted, tmp_path, source, apex, expected):
    assert Apexes(source, tmp_path / "x.json").of(record(apex)) == expected
    assert len(spotted) == (source in SPOTTERS)


def test_a_still_clip_has_its_apex_in_the_middle(spotted, tmp_path):
    still = record(13) | {"frames": np.zeros((9, 6, 6, 1), np.uint8)}
    for _ in range(2):  # looked for, then kept
        assert Apexes(FLOW, tmp_path / "x.json").of(still) == Apex(15, MIDDLE)
    assert len(spotted) == 1


def test_what_is_spotted_is_kept_and_never_stale(spotted, tmp_path):
    path = apexes.place(tmp_path, "casme2", "t8_s144_clip")
    assert path.relative_to(tmp_path).as_posix() == "casme2/spotted_apexes/t8_s144_clip.json"
    one, other = record(13), record(13, seed=1)
    for _ in range(2):
        taken = Apexes(FLOW, path)
        assert [taken.of(clip) for clip in (one, other, one)] == [Apex(13, FLOW)] * 3
    assert len(spotted) == 2
    changed = one["frames"].copy()
    changed[8, 5, 5] += 1
    Apexes(FLOW, path).of(one | {"frames": changed})
    Apexes(FLOW, path).of(one | {"landmarks": one["landmarks"] + 1})
    Apexes("spotted_frequency", path).of(one)
    assert len(spotted) == 5
    Apexes(FLOW, path).of(one | {"apex": 15})  # not looked at
    assert len(spotted) == 5


@pytest.mark.parametrize(
    "content", ["", "no json", "[3]", "null", '{"KEY": 99}', '{"KEY": -1}', '{"KEY": "2"}', "\xff"]
)
def test_a_file_of_something_else_is_made_anew(spotted, tmp_path, content):
    path, clip = tmp_path / "x.json", record(13)
    key = apexes._key(FLOW, clip["frames"][..., 0], clip["landmarks"])
    path.write_text(content.replace("KEY", key), encoding="latin-1")
    for _ in range(2):
        assert Apexes(FLOW, path).of(clip) == Apex(13, FLOW)
    assert len(spotted) == 1


def test_a_folder_that_cannot_be_written_costs_time_only(spotted, tmp_path):
    (tmp_path / "casme2").write_text("a file where the folder should be")
    for times in (1, 2):
        path = apexes.place(tmp_path, "casme2", "t8_s144_clip")
        assert Apexes(FLOW, path).of(record(13)) == Apex(13, FLOW)
        assert len(spotted) == times


def test_what_stands_in_is_counted():
    found = [Apex(3, ANNOTATED), Apex(4, MIDDLE), Apex(5, ANNOTATED)]
    assert counts(found) == {ANNOTATED: 2, MIDDLE: 1}
    said = words(ANNOTATED, counts(found))
    assert said == "as annotated; the middle frame in 1 of 3 clips, where none is after the onset"
    assert words(ANNOTATED, {ANNOTATED: 3}) == "as annotated"
    assert words(MIDDLE, {MIDDLE: 3}) == "the middle frame"
    assert "in 2 of 3 clips, where all frames are alike" in words(FLOW, {FLOW: 1, MIDDLE: 2})


@pytest.mark.parametrize("source", [MIDDLE, *SPOTTERS])
def test_where_no_apex_is_shown_another_is_refused(source):
    with pytest.raises(UserError, match=f"is {source}, but the network 'mol' reads frames as they"):
        settings.check(tiny.config(**{"data.apex_source": source}))
    changes = {"model.network": "cnn_lstm", "data.frames": 4, "data.apex_source": source}
    with pytest.raises(UserError, match=r"on the apex \(flow_sequence_4\); set .*=annotated"):
        settings.check(tiny.config(**changes))
    settings.check(tiny.config(**{"model.network": "ststnet", "data.apex_source": source}))


def test_the_settings_know_which_recipes_show_no_apex():
    assert {*WITHOUT_APEX} == {name for name, one in RECIPES.items() if not one.shows_apex}


@pytest.mark.parametrize("network", ["mol", "lbp_top", "cnn_lstm"])
def test_a_network_that_shows_no_apex_takes_the_field_back(network):
    config = tiny.config(**{"model.network": "ststnet", "data.apex_source": MIDDLE})
    settings.set_network(config, "sssnet")
    assert config.data.apex_source == MIDDLE
    settings.set_network(config, network)
    assert config.data.apex_source == ANNOTATED
