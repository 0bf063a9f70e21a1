"""runtime.group=auto: what fits, what is remembered, and a run with it is one with its choice."""

import dataclasses
import json

import pytest

from mol_jax.study import auto_group, remembered_groups
from mol_jax.study.auto_group import Work
from mol_jax.training import footprint, timing
from mol_jax.training.calibration import Choice, Timing
from mol_jax.training.devices import computed_on
from mol_jax.training.engine import Engine
from mol_jax.training.footprint import Footprint
from mol_jax.training.timing import Seconds
from tests.mol_jax import runs, tiny

MIB = 2**20
ONE = Footprint(
    weights=10 * MIB,
    optimiser=20 * MIB,
    best=0,
    update=70 * MIB,
    update_in_group=70 * MIB,
    table=100 * MIB,
)
CHOICE = Choice(2, (Timing(1, 0.03), Timing(2, 0.02), Timing(4, 0.025)), "")


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(footprint, "estimate", lambda config, **_: ONE)
    monkeypatch.setattr(auto_group, "device_memory", lambda: 550 * MIB)  # for four of them


def work(folder="", *, replicas=8, devices=1, **fields) -> Work:
    config = tiny.config(**{"runtime.cache_dir": str(folder), "runtime.group": "auto"} | fields)
    return Work(config, clips=12, classes=3, replicas=replicas, devices=devices)


@pytest.fixture
def time(monkeypatch):
    """Returns a function that chooses a group; times are faked, and what is timed is returned."""

    def run(asked, waves=None):
        timed, said = [], []

        class Fake:
            def __init__(self, group):
                self.group, self.slots = group, group

            def wave(self, replicas, scalars):
                assert len(replicas) == len(scalars) == self.group
                return self.group

        def updates(engine, wave, state, *, chunk):
            assert wave == engine.group and chunk == 0  # on a CPU the host loops
            timed.append(wave)
            return Seconds(9.0, (waves or {1: 1.0, 2: 1.2, 4: 1.5, 8: 0.1})[wave]), state

        monkeypatch.setattr(timing, "some_state", lambda engine: None)
        monkeypatch.setattr(timing, "time_updates", updates)
        every = list(range(asked.replicas))
        choice = auto_group.timed(
            asked, engine=Fake, replicas=every, scalars=every, say=said.append
        )
        return choice.group, timed, said

    return run


def test_what_fits_is_timed_once_and_remembered_beside_the_programs(time, tmp_path):
    group, timed, said = time(work(tmp_path / "xla"))
    file = tmp_path / "xla_groups.json"
    assert (group, timed) == (4, [1, 2, 4])  # eight do not fit, though they would be fastest
    assert said == [
        "runtime.group=auto: 1, 2, 4 are timed, until larger ones gain nothing; each is compiled.",
        "runtime.group=auto: 4 (an update of a replica: 1: 1.0 s, 2: 600 ms, 4: 375 ms; 8 side by "
        f"side need 0.9 of a device's 0.5 GiB), remembered in {file}.",
    ]
    group, timed, (said,) = time(work(tmp_path / "xla"))
    assert (group, timed) == (4, []) and said.endswith(f"as remembered in {file}.")
    assert auto_group.known(work(tmp_path / "xla")) == 4
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "change",
    [
        {"replicas": 9},
        {"devices": 2},
        {"model.width": 32},
        {"train.batch_size": 5},
        {"runtime.loop": "scan"},
        {"train.log_every": 10, "train.save_every": 10},
    ],
)
def test_what_changes_the_speed_is_timed_again(time, tmp_path, change):
    time(work(tmp_path / "xla"))
    assert auto_group.known(work(tmp_path / "xla", **change)) is None


def test_another_memory_is_another_machine_and_a_traced_field_is_not(time, tmp_path, monkeypatch):
    time(work(tmp_path / "xla"))
    assert auto_group.known(work(tmp_path / "xla", **{"optim.learning_rate": 0.5})) == 4
    monkeypatch.setattr(auto_group, "device_memory", lambda: 80 * 2**30)
    assert auto_group.known(work(tmp_path / "xla")) is None


def _whole(**changes):
    entry = {"of": work().key | auto_group.machine(1), "group": 3, "timings": {}, "limit": ""}
    return json.dumps({"groups": [entry | changes]})


@pytest.mark.parametrize(
    "damaged",
    [
        "", "{", "[]", "null", '{"groups": 5}', '{"groups": [1, null, []]}', "\x00\x01",
        "[" * 10**5,
        lambda: _whole(group=0),
        lambda: _whole(group="4"),
        lambda: _whole(group=True),
        lambda: _whole(timings={"one": 0.1}),
        lambda: _whole(timings={"1": 0.1}),  # of another group than the chosen
        lambda: _whole(timings={"3": -1}),
        lambda: _whole(of=None),
    ],
)  # fmt: skip
def test_a_damaged_file_is_timed_again_and_mended(time, tmp_path, damaged):
    file = tmp_path / "xla_groups.json"
    file.write_text(_whole(limit="sound"))
    assert auto_group.known(work(tmp_path / "xla")) == 3
    file.write_text(damaged() if callable(damaged) else damaged)
    assert time(work(tmp_path / "xla"))[:2] == (4, [1, 2, 4])
    assert time(work(tmp_path / "xla"))[:2] == (4, [])


def test_without_a_cache_or_a_place_to_write_it_is_said(time, tmp_path):
    *_, said = time(work(""))
    assert said[-1].endswith("not remembered (no cache_dir).")
    (tmp_path / "file").write_text("")
    group, _, said = time(work(tmp_path / "file" / "xla"))
    assert group == 4 and "cannot be written" in said[-1]


def test_nothing_is_timed_where_there_is_no_choice(time, monkeypatch):
    assert time(work(replicas=1))[1] == []
    monkeypatch.setattr(auto_group, "device_memory", lambda: 250 * MIB)
    group, timed, (said,) = time(work())
    assert (group, timed) == (1, [])
    assert said == "runtime.group=auto: 1 (2 side by side need 0.3 of a device's 0.2 GiB)."


def test_a_cpu_shares_half_the_machine_among_its_devices(monkeypatch):
    monkeypatch.setattr(auto_group, "device_memory", lambda: None)
    one, two = auto_group.memory_here(1), auto_group.memory_here(2)
    assert one // 2 == two > 2**20


def test_a_plan_tells_what_is_known(tmp_path):
    asked, lower = work(tmp_path / "xla"), lambda group: "lax"
    unknown = auto_group.planned(asked, memory=None, lower=lower)
    assert unknown.group == 1 and "nothing was timed yet" in str(unknown)
    by_memory = auto_group.planned(asked, memory=550 * MIB, lower=lower)
    assert by_memory.group == 4 and "by memory alone: 8 side by side need" in str(by_memory)
    file = tmp_path / "xla_groups.json"
    remembered_groups.add(file, asked.key | {"device": "gpu: a card"}, CHOICE)
    anywhere = auto_group.planned(asked, memory=550 * MIB, lower=lower)
    assert anywhere.group == 2 and "as timed before on gpu: a card" in str(anywhere)
    assert auto_group.planned(asked, memory=None, lower=lower, here=True).group == 1


def test_another_code_another_network_file_and_another_precision_are_timed_again(
    time, tmp_path, monkeypatch
):
    time(work(tmp_path / "xla"))
    for name, other in (
        ("code", lambda: "another version's"),
        ("source", lambda network: "another file's"),
        ("computed_on", lambda: computed_on() | {"matmul_precision": "highest"}),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(auto_group, name, other)
            assert auto_group.known(work(tmp_path / "xla")) is None
    assert auto_group.known(work(tmp_path / "xla")) == 4


@pytest.mark.parametrize("cache", ["/", ".", "a/.."])
def test_any_folder_for_compiled_programs_has_a_place_for_the_groups(tmp_path, monkeypatch, cache):
    monkeypatch.chdir(tmp_path)
    place = remembered_groups.place_of(work(cache).config)
    assert place.is_absolute() and place.name.endswith("_groups.json")


@pytest.mark.slow
def test_a_run_with_auto_is_a_run_with_its_choice(tmp_path, monkeypatch):
    """All is timed for real; the clock is then told that two side by side are fastest."""
    small = {"model.network": "ststnet", "train.steps": 10}  # which compiles in seconds
    table = timing.random_table(tiny.program(**small), clips=12)
    runs.serve(monkeypatch, dataclasses.replace(tiny.dataset(), table=table))
    real = timing.time_updates

    def two_win(engine, wave, state, *, chunk):
        found, state = real(engine, wave, state, chunk=chunk)
        assert 0 < found.update < 60
        return Seconds(found.compile, {1: 1.0, 2: 0.5}[engine.group]), state

    monkeypatch.setattr(timing, "time_updates", two_win)
    monkeypatch.setattr(auto_group, "device_memory", lambda: 350 * MIB)  # for two
    trained, init = [], Engine.init
    monkeypatch.setattr(
        Engine, "init", lambda self, wave: (trained.append(self.group), init(self, wave))[1]
    )
    auto = small | {"runtime.group": "auto", "runtime.cache_dir": str(tmp_path / "xla")}
    runs.train(tmp_path / "auto", **auto)
    runs.train(tmp_path / "two", **small | {"runtime.group": 2})
    assert trained == [2] * 4  # two waves of each run
    for name in ("predictions.csv", "history.csv"):
        one, other = ((tmp_path / run / name).read_bytes() for run in ("auto", "two"))
        assert one == other
    assert json.loads((tmp_path / "xla_groups.json").read_text())["groups"][0]["group"] == 2
