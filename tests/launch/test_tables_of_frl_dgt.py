"""The tables of FRL-DGT's paper beside ours; and that MOL's are what they were."""

import csv
import hashlib
import io
import json

import pytest

from configs.networks import frl_dgt
from launch import (
    table_fill,
    table_moved,
    table_page,
    table_results,
    table_runs,
    table_text,
    tables,
)
from launch.table_text import Filled
from mol_jax.paper.frl_dgt.tables import TABLES
from mol_jax.paper.mol.tables import TABLES as MOL
from mol_jax.paper.papers import PAPERS
from tests.mol_jax.fake_run import make_run

PARTS = ("casme2", "smic", "samm")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Returns a folder with a finished run of M9, on generated clips if nothing else is said."""
    folder = tmp_path_factory.mktemp("tables")
    make_run(folder / "frl_dgt", name="composite", parts=PARTS, tasks=("mer",), measures=())
    path = folder / "frl_dgt" / "config.json"
    recorded = json.loads(path.read_text()) | {"config": frl_dgt.get_config().to_dict()}
    path.write_text(json.dumps(recorded))
    return folder


def page(folder, *numbers):
    """Returns the page of some tables, and why runs failed."""
    wanted, failed = [TABLES[number] for number in numbers], {}
    runs = table_runs.plan(table_runs.configs_of(wanted), folder, ())
    found = table_fill.read_all(runs, wanted, failed)
    return table_page.page(table_fill.fill(wanted, found, failed, runs), runs, found), failed


@pytest.fixture(scope="module")
def second(folder):
    """Returns the page of Table 2, ten of whose eleven runs are missing."""
    return page(folder, "2")[0]


def cells(text, *starts):
    """Returns the cells of our lines that begin with a label and what they are of."""
    start = f"| {' | '.join(starts)} |"
    (line,) = (line for line in text.splitlines() if line.startswith(start))
    return [cell.strip() for cell in line.split("|")[1 + len(starts) : -1]]


def metrics(folder):
    return json.loads((folder / "frl_dgt" / "metrics.json").read_text())


def test_ours_stand_beside_the_papers_fractions(folder, second):
    made, _ = page(folder, "1")
    whole, part = metrics(folder), metrics(folder)["per_dataset"]["smic"]
    full, smic = (cells(made.text, "FRL-DGT", on) for on in ("Full", "SMIC"))
    for line, found in ((full, whole), (smic, part)):
        low, high = found["ci95"]["uf1"]
        assert line[2] == f"{found['pooled']['uf1']:.3f} [{low:.3f}, {high:.3f}]"
    assert full[:2] == ["0.812", "0.811"] and smic[:2] == ["0.743", "0.749"]
    assert full[3] == f"{whole['baselines']['flow_svm']['uf1']:.3f}"
    assert cells(second.text, "M9: FRL-DGT", "Full") == full
    assert cells(second.text, "M0: optical flow", "Full")[2] == "not run"


def test_a_comparison_has_a_column_for_each_part_and_only_what_is_known(folder):
    text = page(folder, "1")[0].text
    assert "| method | Full UF1 | Full UAR | SMIC UF1 | SMIC UAR | SAMM UF1 |" in text
    assert "| RCN-A | 0.743 | 0.719 | 0.633 | 0.644 | 0.760 | 0.672 | 0.851 | 0.812 |" in text
    assert "venue" not in text and "Types" not in text


def test_the_page_says_what_the_paper_is_and_what_cannot_be(second):
    text = second.text
    assert "Zhai et al. 2023, as printed" in text and "Shao" not in text
    assert "how it chose the epoch that is tested is not known" in text
    assert "What cannot be: of every pair" in text
    assert "- M7: without local fusion: each of the 4 pairs is possible, but one run" in text
    assert "Not the paper's, in" not in text  # the run has all that the paper gives


def test_the_csv_is_in_fractions_too(folder, second):
    lines = list(csv.DictReader(io.StringIO(second.csv)))
    (line,) = (
        one
        for one in lines
        if (one["row"], one["on"], one["metric"]) == ("M9: FRL-DGT", "Full", "uf1")
    )
    found = metrics(folder)
    assert float(line["value"]) == pytest.approx(found["pooled"]["uf1"])
    assert float(line["baseline"]) == pytest.approx(found["baselines"]["flow_svm"]["uf1"])
    assert float(line["low"]) == pytest.approx(found["ci95"]["uf1"][0])
    assert (line["paper"], line["source"]) == ("0.812", "Zhai et al. 2023")
    notes = {one["row"] for one in lines if "one run cannot have all" in one["note"]}
    assert notes == {"M7: without local fusion"}


@pytest.fixture
def moved(folder):
    """Returns a function from shifts to the moved.csv of a run; it is gone afterwards.

    The first row that is moved of each shift is wrong, the others are as they were.
    """
    run, path = folder / "frl_dgt", folder / "frl_dgt" / "moved.csv"
    head, *rows = list(csv.reader((run / "predictions.csv").open()))
    trial, pred = head.index("trial"), head.index("pred")

    def write(*shifts):
        lines = [[*head, "onset_shift", "apex_shift"]]
        for number, shift in enumerate(((0.0, 0.0), *shifts)):
            for row in rows:
                line = [*row, *map(repr, shift)]
                line[trial] = str(number)
                line[pred] = "others" if number else row[pred]
                lines.append(line)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(lines)

    yield write
    path.unlink(missing_ok=True)


def test_key_frames_that_were_not_moved_have_their_command(folder):
    made, failed = page(folder, "moved")
    assert made.text.count(f"python -m mol_jax.moved --workdir={folder / 'frl_dgt'}") == 1
    assert cells(made.text, "onset 10% later", "CASME II")[2] == "not run" and not failed
    assert cells(made.text, "apex detected, not annotated", "Full")[:4] == [
        "0.658",
        "0.648",
        "",
        "",
    ]
    assert "## Key frames moved by a share" in made.text and "Table moved" not in made.text


def test_key_frames_that_were_moved_stand_beside_the_papers(folder, moved):
    """Everything is called others then, which a fifth of the clips are."""
    moved((0.1, 0.0), (0.0, -0.30000000000000004))
    text = page(folder, "moved")[0].text
    line = cells(text, "onset 10% later", "CASME II")
    assert line[:4] == ["0.848", "0.838", "0.067 [0.067, 0.067]", "–"]
    assert line[4] == "0.200 [0.200, 0.200]"
    assert line[6:] == [*cells(text, "none", "CASME II")[6:]] == ["20", "2", "1"]
    assert cells(text, "apex 30% earlier", "CASME II")[2] == line[2]
    assert cells(text, "apex 30% later", "CASME II")[2] == "not run"
    pooled = metrics(folder)["per_dataset"]["casme2"]["pooled"]["uf1"]
    assert cells(text, "none", "CASME II")[2].startswith(f"{pooled:.3f} [") and pooled > 0.5
    assert "mol_jax.moved" in text  # of those that are missing
    moved(*(row.moved for row in TABLES["moved"].rows if row.moved))
    assert "mol_jax.moved" not in page(folder, "moved")[0].text


def test_moved_by_nothing_a_run_scores_what_it_does(folder, moved):
    moved()
    whole = table_results.read(folder / "frl_dgt")
    for part in ("", "samm"):
        found = table_moved.read(folder / "frl_dgt", whole, part, (0.0, 0.0))
        alike = table_results.read(folder / "frl_dgt", part=part)
        for name in ("uf1", "uar"):
            assert found.figures[name].value == pytest.approx(alike.figures[name].value)
            assert found.figures[name].interval == pytest.approx(alike.figures[name].interval)
    assert table_moved.read(folder / "frl_dgt", whole, "smic_nir", (0.0, 0.0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "dataset,trial\ncasme2,0\n",
        "trial,onset_shift,apex_shift\n0,0.1,0\n",
        "trial,onset_shift,apex_shift\n0,x,0\n",
        "trial,onset_shift,apex_shift\none,0.1,0\n",
        "trial,onset_shift,apex_shift\n0\n",
    ],
)
def test_a_damaged_moved_csv_is_one_sentence(folder, moved, text):
    moved()
    (folder / "frl_dgt" / "moved.csv").write_text(text)
    made, failed = page(folder, "moved")
    ((name, why),) = failed.items()
    assert name == "frl_dgt, moved" and "moved.csv" in why and "\n" not in why
    assert "- onset 10% later (CASME II) failed: " in made.text
    assert cells(made.text, "none", "CASME II")[2] != "not run"
    assert "- none (CASME II) failed" not in made.text


def test_small_sets_the_least_network_for_rows_that_differ_in_it_too(tmp_path, capsys):
    """Table 3's rows have two batch sizes, and one of them when all are to be quick."""
    start = ["tables", "--paper=frl_dgt", f"--workdir={tmp_path / 'runs'}", "--dry_run"]
    assert tables.main([*start, "--tables=3", "--size=small"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.count("--config.train.batch_size=6") for line in lines] == [1] * 4
    assert all("--config.data.crop=64 --config.model.au_side=36" in line for line in lines)


def test_all_tables_are_fifteen_runs():
    assert len(table_runs.configs_of(TABLES.values())) == 15


def test_the_sequence_reads_ten_frames(folder):
    """FRL-DGT-S among Table 3's rows: `data.frames` is of the build, and 2."""
    result = table_results.read(folder / "frl_dgt")
    said = [table_text.markdown(Filled(TABLES["3"], {1: result}, {}))]
    result.settings["model"]["sequence"] = True
    said.append(table_text.markdown(Filled(TABLES["3"], {1: result}, {})))
    assert ["t = 2," in text for text in said] == [True, False] and "t = 10," in said[1]
    line = dict(
        zip(table_text.CSV_HEADER, csv_line(Filled(TABLES["3"], {1: result}, {})), strict=True)
    )
    assert (line["row"], line["frames"]) == ("FRL-DGT-S", "10")


def csv_line(filled):
    return next(line for line in table_text.csv_rows(filled) if line[1] == "FRL-DGT-S")


def test_a_run_that_is_not_the_papers_is_named(folder):
    result = table_results.read(folder / "frl_dgt")
    result.settings["model"]["alpha"] = 0.1
    said = table_page.unlike({"frl_dgt": result}, PAPERS["frl_dgt"])
    assert said == ["**Not the paper's, in every run of ours: model.alpha = 0.1 (paper: 0.2).**"]


def test_mols_tables_are_what_they_were_before_there_was_another_paper():
    """All of them, of no run: whoever means to change one, changes this too."""
    filled = [Filled(table, {}, {}) for table in MOL.values()]
    paper = PAPERS["mol"]
    rows = [",".join(row) for one in filled for row in table_text.csv_rows(one)]
    text = [*map(table_text.markdown, filled), *rows, paper.said, paper.kinds, paper.asked]
    assert hashlib.sha256("\n".join(text).encode()).hexdigest()[:16] == "c9a7853771f922b9"
