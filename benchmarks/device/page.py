"""docs/gpu.md, made of the results that lie in a folder: nothing in it is typed in by hand."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.device.arguments import RESULTS, ROOT
from mol_jax.errors import UserError
from mol_jax.files.whole import read_text, write_text

PAGE = ROOT / "docs" / "gpu.md"
TEXT = Path(__file__).parent / "page.txt"
MARK = "RESULTS"  # the line of the text that they stand in place of
NONE = (
    "**No card has been measured.** `benchmarks/results/` has no result of one, so nothing on\n"
    "this page is a speed. What is said of GPUs elsewhere was read in compiled programs."
)
FACTS = {
    "driver": "driver",
    "runtime": "runtime",
    "memory_gib": "GiB that JAX may use",
    "matmul_precision": "precision of products",
    "xla_flags": "XLA_FLAGS",
    "python": "Python",
    "commit": "commit",
}


def write(folder: Path) -> None:
    """Writes the page of the results in a folder. Raises UserError where one cannot be read."""
    write_text(PAGE, text(folder))
    print(f"wrote {PAGE}")


def text(folder: Path) -> str:
    """Returns the page."""
    return read_text(TEXT).replace(f"{MARK}\n", results(folder))


def results(folder: Path) -> str:
    """Returns the tables of each card that was measured, the newest figures of each part."""
    runs = [run for run in _runs(folder) if _counts(run)]
    cards = dict.fromkeys(run["machine"]["device"] for run in runs)
    if not cards:
        return f"{NONE}\n"
    return "\n".join(_card([one for one in runs if one["machine"]["device"] == c]) for c in cards)


def _runs(folder: Path) -> list[dict[str, Any]]:
    """Returns the results, the newest first."""
    if folder != RESULTS and not folder.is_dir():
        raise UserError(f"--out is {folder}, which is no folder; give the one of the results.")
    found = []
    for path in sorted(folder.glob("device_*.json")):
        try:
            run = json.loads(read_text(path))
            found.append(((run["date"], path.name), run))
            run["file"] = path.name
            _ = run["tiny"], run["machine"]["device"], run["machine"]["platform"], run["parts"]
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{path} is no result of python -m benchmarks.device ({type(error).__name__}: "
                f"{error}); mend or delete it."
            ) from error
    return [run for _, run in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _counts(run: dict[str, Any]) -> bool:
    """Tells whether a result is of a card and of real sizes."""
    return not run["tiny"] and run["machine"]["platform"] != "cpu"


def _card(runs: Sequence[dict[str, Any]]) -> str:
    """Returns a card's section: each part as the newest run that measured it has it."""
    newest = runs[0]
    facts = [
        f"{name} {newest['machine'].get(key)}"
        for key, name in FACTS.items()
        if newest["machine"].get(key)
    ]
    facts += [f"{name} {version}" for name, version in newest["machine"]["versions"].items()]
    lines = [f"### {newest['machine']['device']}", "", f"{', '.join(facts)}.", ""]
    names = dict.fromkeys(part["name"] for run in runs for part in run["parts"])
    for name in names:
        of = [(run, part) for run in runs for part in run["parts"] if part["name"] == name]
        run, part = next(((r, p) for r, p in of if p["rows"]), of[0])
        lines += _part(run, part)
    return "\n".join(lines)


def _part(run: dict[str, Any], part: dict[str, Any]) -> list[str]:
    why = f" {part['status']}: {part['why']}." if part["why"] else ""
    lines = [f"**{part['title']}** (`{run['file']}`).{why}", ""]
    return [*lines, *_table(part["rows"]), ""] if part["rows"] else lines


def _table(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    columns = list(dict.fromkeys(name for row in rows for name in row if name != "what"))
    yield f"| | {' | '.join(_heading(name) for name in columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for row in rows:
        cells = (_cell(row.get(name)) for name in columns)
        yield f"| {_cell(row['what'])} | {' | '.join(cells)} |"


UNITS = {"ms": "ms", "s": "s", "gib": "GiB", "pct": "%", "minutes": "min"}


def _heading(name: str) -> str:
    """Returns 'compile, s' for compile_s."""
    before, _, last = name.rpartition("_")
    if last in UNITS and not name.endswith("_per_s"):
        return f"{before.replace('_', ' ')}, {UNITS[last]}" if before else UNITS[last]
    return name.replace("_per_s", "/s").replace("_", " ")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value).replace("|", "\\|")
