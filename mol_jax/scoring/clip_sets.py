"""The tasks that the field reports scores of: which clips there are behind a name.

"CASME II, three classes" is 145, 147, 150 or 156 clips, depending on the paper, and scores on
different clips are not comparable. A table of predictions is given a task's name only where it has
that task's clips of each class and as many people; otherwise it is said how it differs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mol_jax.errors import UserError
from mol_jax.protocol.people import study
from mol_jax.scoring.predictions import Prediction

COMPOSITE = "composite"
NEAR = 0.15  # share of its clips that a table may lack or add and still be nearly a task


@dataclass(frozen=True)
class Task:
    """A set of clips with a name. None where it is not published.

    counts: clips of each class. n: all clips. subjects: of how many people. rule: what it is.
    parts: of a composite, the clips of each dataset.
    """

    name: str
    dataset: str
    classes: int
    n: int
    subjects: int | None
    rule: str
    counts: Mapping[str, int] | None = None
    parts: Mapping[str, int] | None = None

    def __post_init__(self):
        assert self.counts is None or sum(self.counts.values()) == self.n
        assert self.counts is None or len(self.counts) == self.classes


def _task(name: str, rule: str, *, subjects: int | None = None, **counts: int) -> Task:
    dataset = name.partition("/")[0]
    return Task(name, dataset, len(counts), sum(counts.values()), subjects, rule, counts)


def _three(name: str, negative: int, positive: int, surprise: int, subjects: int | None, rule: str):
    counts = {"negative": negative, "positive": positive, "surprise": surprise}
    return _task(name, rule, subjects=subjects, **counts)


_FIVE = {"happiness": 32, "disgust": 63, "repression": 27}
MEGC2019 = Task(
    "composite/megc2019", COMPOSITE, 3, 442, 68, "CASME II, SMIC HS and SAMM as in MEGC2019",
    {"negative": 250, "positive": 109, "surprise": 83}, {"casme2": 145, "smic": 164, "samm": 133},
)  # fmt: skip

TASKS = (
    _three("casme2/3class_megc2019", 88, 32, 25, 24, "only clips with an apex after the onset"),
    _three("casme2/3class_naive", 90, 32, 25, 24, "clips without a usable apex are kept"),
    _three("casme2/3class_paper", 90, 32, 28, None, "naive, with 28 surprise clips as MOL prints"),
    _three("casme2/3class_wide", 99, 32, 25, 25, "sadness and fear are negative too"),
    _task("casme2/4class", "others takes repression", subjects=26,
          negative=72, positive=32, surprise=25, others=126),
    _task("casme2/5class_release", "without sub18, as MOL's release",
          subjects=25, **_FIVE, surprise=25, others=96),
    _task("casme2/5class", "sadness and fear left out",
          subjects=26, **_FIVE, surprise=25, others=99),
    _task("casme2/5class_paper", "with 28 surprise clips as MOL prints",
          **_FIVE, surprise=28, others=99),
    _three("samm/3class", 92, 26, 15, 28, "others left out, as MEGC2019"),
    _task("samm/5class", "disgust, fear and sadness left out", subjects=28,
          happiness=26, anger=57, contempt=12, surprise=15, others=26),
    Task("samm/5class_157", "samm", 5, 157, None, "157 clips; counts of its classes not published"),
    _three("smic/3class", 70, 51, 43, 16, "all HS clips"),
    _three("smic_vis/3class", 23, 28, 20, 8, "all VIS clips"),
    _three("smic_nir/3class", 23, 28, 20, 8, "all NIR clips"),
    Task("smic_hs_e/3class_first", "smic_hs_e", 3, 157, 16, "one of each long HS-E clip"),
    Task("smic_vis_e/3class_first", "smic_vis_e", 3, 71, 8, "one of each long VIS-E clip"),
    Task("smic_nir_e/3class_first", "smic_nir_e", 3, 71, 8, "one of each long NIR-E clip"),
    MEGC2019,
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What a table of predictions holds of a task: clips by class and dataset, and people.

    uneven: the seeds that lack clips which other seeds have, and how many each lacks. generated:
    whether there are clips of no dataset, as they were drawn.
    """

    datasets: Mapping[str, int]
    counts: Mapping[str, int]
    subjects: int
    uneven: tuple[tuple[int, int], ...] = ()
    generated: bool = False

    @property
    def n(self) -> int:
        """All clips."""
        return sum(self.counts.values())


def held(rows: Sequence[Prediction]) -> Held:
    """Counts the clips of one trial, each once, whatever the number of seeds."""
    clips = {row.video: row for row in rows}.values()
    return Held(
        Counter(row.dataset for row in clips),
        Counter(row.true for row in clips),
        len({row.who for row in clips}),
        uneven(rows),
        any(row.generated for row in rows),
    )


def uneven(rows: Sequence[Prediction]) -> tuple[tuple[int, int], ...]:
    """Returns the seeds of one trial that lack clips other seeds have, and how many each lacks."""
    of_seed: dict[int, set[tuple[str, str, str]]] = {}
    for row in rows:
        of_seed.setdefault(row.seed, set()).add(row.video)
    clips = len(set().union(*of_seed.values()))
    return tuple((seed, clips - len(of)) for seed, of in sorted(of_seed.items()) if len(of) < clips)


def lacking(found: Held) -> list[str]:
    """Says which seeds lack clips that others have: "seed 1 lacks 163 of 164 clips"."""
    return [f"seed {seed} lacks {clips} of {found.n} clips" for seed, clips in found.uneven]


def identify(found: Held) -> Task | None:
    """Returns the task whose clips these are, None if there is none or more than one."""
    fitting = [task for task in TASKS if not difference(task, found)]
    return fitting[0] if len(fitting) == 1 else None


def describe(found: Held) -> str:
    """Names the task of a table in one sentence, or refuses to, with the nearest one."""
    task = identify(found)
    if task is not None:
        return f"{'GENERATED clips, as many as in: ' * found.generated or 'Task: '}{words(task)}."
    fitting = [task.name for task in TASKS if not difference(task, found)]
    if fitting:
        return (
            f"No task is named: the clips fit {' and '.join(fitting)}; a column dataset would tell."
        )
    known = {task.dataset for task in TASKS}
    strange = sorted({name for name in found.datasets if name and dataset_name(name) not in known})
    if strange:
        return (
            f"No known task: dataset {', '.join(strange)} is none of "
            f"{', '.join(sorted(known - {COMPOSITE}))}."
        )
    near = min(TASKS, key=lambda task: _distance(task, found))
    if not _is_near(near, found):
        return f"NO KNOWN TASK has these {found.n} clips: scores of other clips are not comparable."
    return (
        f"NO KNOWN TASK has these {found.n} clips; the nearest, {near.name} ({near.n} clips), "
        f"differs: {'; '.join(difference(near, found))}. Scores of other clips are not comparable."
    )


def require(name: str, found: Held, path: str) -> Task:
    """Returns the task of this name. Raises UserError unless the table has exactly its clips."""
    task = find(name)
    differs = difference(task, found)
    if differs:
        raise UserError(
            f"{path} is not {task.name} ({'; '.join(differs)}): score the clips of that task, or "
            "leave --task out"
        )
    return task


def find(name: str) -> Task:
    """Returns the task of a name, or of the name of a dataset that has only one."""
    wanted = name.strip().lower()
    found = [task for task in TASKS if wanted in {task.name, task.name.partition("/")[2]}]
    found = found or [task for task in TASKS if task.dataset == wanted]
    if len(found) != 1:
        known = found or TASKS
        raise UserError(
            f"there is no single task {name[:80]!r}: choose one of "
            f"{', '.join(task.name for task in known)}"
        )
    return found[0]


def words(task: Task) -> str:
    """Says what a task is: its name, clips, people, classes and rule."""
    people = f" of {task.subjects} subjects" if task.subjects else ""
    counts = ", ".join(f"{name} {count}" for name, count in (task.counts or {}).items())
    return (
        f"{task.name}, {task.n} clips{people} ({counts or f'{task.classes} classes'}; {task.rule})"
    )


def difference(task: Task, found: Held) -> list[str]:
    """Returns what a table has that is not the task's, [] where nothing differs."""
    differs = [*lacking(found), *_datasets(task, found)]
    if found.n != task.n:
        differs.append(f"{found.n} clips instead of {task.n}")
    if task.counts is None:
        if len(found.counts) != task.classes:
            differs.append(f"{len(found.counts)} classes instead of {task.classes}")
    else:
        differs += _classes(task.counts, found.counts)
    if task.subjects not in (None, found.subjects):
        differs.append(f"{found.subjects} subjects instead of {task.subjects}")
    return differs


def _datasets(task: Task, found: Held) -> list[str]:
    """Compares the datasets, where the table names any."""
    if not any(found.datasets):
        return []
    parts: Counter[str] = Counter()
    for name, clips in found.datasets.items():
        parts[dataset_name(name)] += clips
    wanted = task.parts or {task.dataset: task.n}
    if parts.keys() != wanted.keys():
        return [f"dataset {', '.join(sorted(parts))} instead of {', '.join(wanted)}"]
    if not task.parts:
        return []
    pairs = [(name, parts[name], wanted[name]) for name in wanted]
    return [f"{name} {has} clips instead of {n}" for name, has, n in pairs if has != n]


def dataset_name(name: str) -> str:
    """Returns a dataset's name as the builders have it; SMIC's cameras stay apart."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return plain if plain in {task.dataset for task in TASKS} else study(name)


def _classes(wanted: Mapping[str, int], counts: Mapping[str, int]) -> list[str]:
    """Compares the clips of each class, by their numbers alone where the classes are numbers."""
    if all(name.isdigit() for name in counts):
        got, want = (sorted(each.values(), reverse=True) for each in (counts, wanted))
        said = ["/".join(map(str, each)) for each in (got, want)]
        return [f"{said[0]} clips a class instead of {said[1]}"] if got != want else []
    lower = {name.lower(): count for name, count in counts.items()}
    lower.update({"others": lower.pop("other")} if "other" in lower else {})
    return [
        f"{name} {lower.get(name, 0)} instead of {wanted.get(name, 0)}"
        for name in (*wanted, *(name for name in lower if name not in wanted))
        if lower.get(name, 0) != wanted.get(name, 0)
    ]


def _is_near(task: Task, found: Held) -> bool:
    """Tells whether somebody may have meant a task: its classes, and nearly as many clips."""
    named = {"others" if name.lower() == "other" else name.lower() for name in found.counts}
    numbers = all(name.isdigit() for name in named)
    alike = len(named) == task.classes and (
        task.counts is None or numbers or named == task.counts.keys()
    )
    datasets = {dataset_name(name) for name in found.datasets if name}
    ours = not datasets or datasets == {*(task.parts or {task.dataset})}
    return alike and ours and abs(task.n - found.n) <= NEAR * task.n


def _distance(task: Task, found: Held) -> tuple[bool, int, int]:
    """Returns how far a task is: another dataset, another number of classes, then clips."""
    return (
        bool(_datasets(task, found)),
        abs(task.classes - len(found.counts)),
        abs(task.n - found.n),
    )
