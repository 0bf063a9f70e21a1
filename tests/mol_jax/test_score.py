"""The score command: what it prints, what it refuses, and that it needs no JAX."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mol_jax.score import main
from mol_jax.scoring import megc_log
from tests.mol_jax import published_log

FULL = "dataset,subject,clip,fold,trial,seed,true,pred\n"


@pytest.fixture
def table(tmp_path):
    """Returns a function that writes a table of four subjects and returns its path.

    pred: the guesses of trial 0; more: those of trials 1, 2 and so on.
    """

    def write(name="p.csv", pred="xyyxyxyx", seeds=(0,), rename=lambda clip: clip, more=()):
        lines = [
            f"d,s{i // 2},{rename(f'c{i}')},s{i // 2},{trial},{seed},{'xy'[i % 2]},{letter}\n"
            for trial, guesses in enumerate((pred, *more))
            for seed in seeds
            for i, letter in enumerate(guesses)
        ]
        (tmp_path / name).write_text(FULL + "".join(lines))
        return str(tmp_path / name)

    return write


def test_importing_and_running_it_needs_no_jax_and_less_than_two_seconds(table):
    code = (
        "import sys; from mol_jax.score import main; code = main(sys.argv[1:]);"
        "heavy = {'jax', 'flax', 'matplotlib', 'pandas', 'scipy', 'cv2', 'sklearn'};"
        "heavy &= set(sys.modules);"
        "assert not heavy, heavy; sys.exit(code)"
    )
    before = os.times().children_user  # processor time: a busy machine makes it no slower
    subprocess.run([sys.executable, "-c", code, table()], check=True, capture_output=True)
    assert os.times().children_user - before < 2


def test_markdown_shows_score_baselines_classes_and_counts(table, capsys):
    assert main([table()]) == 0
    text = capsys.readouterr().out
    assert "8 clips of 4 subjects, 2 classes, 4 folds, 1 seed." in text
    assert "| Acc | 25.00 | [0.0, 75.0] | – | 50.00 |" in text
    assert "| x | 4 | 25.00 | 25.00 | 25.00 |" in text
    assert "| mean of classes | 8 | 25.00 | 25.00 | 25.00 |" in text
    assert "| x | 1 | 3 |" in text


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_drawn_tables_and_a_pipe_markdown(table, capsys, monkeypatch):
    path = table()
    assert main([path]) == 0
    assert "| Acc | 25.00 |" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "50")
    assert main([path]) == 0
    drawn = sys.stdout.getvalue()
    assert "│ Acc │" in drawn and "| Acc" not in drawn
    assert max(map(len, re.sub(r"\x1b\[[\d;]*m", "", drawn).splitlines())) <= 50
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main([path, "--format=json"]) == 0 and json.loads(sys.stdout.getvalue())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_of_any_encoding_is_written_to(table, monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    assert main([table(seeds=(0, 1), rename=lambda clip: f"é被{clip}")]) == 0
    sys.stdout.flush()
    shown = "25.00 +- 0.00" if encoding == "ascii" else "25.00 ± 0.00"
    assert shown in raw.getvalue().decode(encoding)


def test_json_is_the_metrics_and_the_details(table, capsys):
    assert main([table(), "--format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pooled"]["acc"] == 0.25
    assert found["confusion"] == [[1, 3], [3, 1]]
    assert found["per_class"]["x"] == {"clips": 4, "precision": 0.25, "recall": 0.25, "f1": 0.25}


def test_latex_is_one_tabular(table, capsys):
    assert main([table(), "--format=latex"]) == 0
    text = capsys.readouterr().out
    assert text.count(r"\begin{tabular}") == 1
    assert "% & clips & Acc & UF1 & UAR" in text and r"{\scriptsize [0.0, 75.0]}" in text
    assert main([table(), "--format=latex", "--columns=UAR,wf1"]) == 0
    assert "% & clips & UAR & WF1 " in capsys.readouterr().out


def test_seeds_are_shown_with_their_spread(table, capsys):
    assert main([table(seeds=(3, 4))]) == 0
    text = capsys.readouterr().out
    assert "Scores are means over the seeds." in text
    assert "| trial 0, mean ± sd | 25.00 ± 0.00 |" in text
    assert "| trial 0, seed 4 | 25.00 |" in text


TRIALS = ("xyyxyyyy", "xyxyxyxx")


def test_several_trials_are_one_table_with_intervals_and_what_choosing_is(table, capsys):
    assert main([table(more=TRIALS)]) == 0
    text = capsys.readouterr().out
    assert "**These figures are of trial 0**, one of 3" in text
    assert "| % | trial 0 |" in text
    assert "| Acc | 25.00 | [0.0, 75.0] |" in text
    end = text.split("## Trials and seeds")[1]
    assert "| 0 | 25.00 [0.0, 75.0] |" in end
    assert "| 1 | 50.00 [12.5, 87.5] |" in end
    assert "| 2 (best on test data) | 87.50 [62.5, 100.0] |" in end
    assert "Trial 2 was CHOSEN ON TEST DATA: it is the best of 3 trials" in end
    assert "seed" not in end.split("\n\n")[0]


def test_trials_of_several_seeds_have_their_spread_and_interval(table, capsys):
    assert main([table(more=TRIALS, seeds=(0, 1))]) == 0
    text = capsys.readouterr().out
    assert "| 1 | 50.00 ± 0.00 [12.5, 87.5] |" in text
    assert "| trial 1, mean ± sd | 50.00 ± 0.00 [12.5, 87.5] |" in text
    assert "| trial 1, seed 1 | 50.00 |" in text


def test_another_trial_is_shown_on_request(table, capsys):
    assert main([table(more=TRIALS), "--trial=2"]) == 0
    text = capsys.readouterr().out
    assert "**These figures are of trial 2**, one of 3" in text
    assert "| Acc | 87.50 |" in text
    assert "| x | 4 | 80.00 | 100.00 | 88.89 |" in text
    assert main([table(more=TRIALS), "--trial=2", "--format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["trial"] == 2
    assert found["pooled"]["acc"] == 0.875
    assert found["confusion"] == [[4, 0], [1, 3]]
    assert [trial["mean"]["acc"] for trial in found["per_trial"]] == [0.25, 0.5, 0.875]
    assert found["choice"]["best"] == 2
    assert found["choice_note"].startswith("Trial 2 was CHOSEN ON TEST DATA")


def test_latex_has_a_line_per_trial_and_the_caveat_as_comments(table, capsys):
    path = table(name="sweep.csv", more=TRIALS)
    assert main([path, "--format=latex"]) == 0
    comments, tabular = capsys.readouterr().out.split(r"\begin{tabular}")
    assert all(line.startswith(("% ", "\\")) for line in comments.splitlines())
    assert "CHOSEN ON TEST DATA" in comments
    lines = [line.split(" & ") for line in tabular.splitlines() if " & 8 & " in line]
    assert [line[0] for line in lines] == [
        "sweep, trial 0", "sweep, trial 1",
        r"\shortstack[l]{sweep, trial 2 (best on test \\ data)}",
        "flow + SVM", "majority", "random",
    ]  # fmt: skip
    assert lines[1][2] == "50.00" and "[12.5, 87.5]" in tabular


def test_two_trials_of_one_file_are_compared(table, capsys):
    path = table(more=TRIALS)
    assert main([path, "--trial=2", "--compare", path, "--compare-trial=1"]) == 0
    assert f"Trial 2 against trial 1 of {path}: UF1 differs by +" in capsys.readouterr().out
    assert main([path, "--trial=2", "--compare", path, "--format=json"]) == 0
    test = json.loads(capsys.readouterr().out)["compare"]
    assert (test["trial"], test["compare_trial"], test["file"]) == (2, 0, path)


def test_a_comparison_says_which_trials_are_meant_where_one_table_has_several(table, capsys):
    theirs = table("theirs.csv", pred="xyxyxyxy")
    assert main([table(more=TRIALS), "--compare", theirs]) == 0
    assert f"Trial 0 against trial 0 of {theirs}: UF1 differs by -75.00" in capsys.readouterr().out
    assert main([theirs, "--compare", table(), "--trial=0"]) == 0
    assert "Against " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--trial=7"], "--trial is 7, but {path} has no such trial: choose one of"),
        (["--trial=-1"], "it has, 0, 1, 2"),
        (["--trial=best"], "argument --trial: invalid int value: 'best'"),
        (["--trial="], "argument --trial: invalid int value: ''"),
        (["--trial"], "argument --trial: expected one argument"),
        (["--compare-trial=1"], "there is nothing to compare with: name the other"),
        (["--compare={path}"], "trial 0 of {path} would be compared with itself"),
        (["--compare={path}", "--trial=1", "--compare-trial=1"], "compared with itself"),
        (["--compare={path}", "--compare-trial=9"], "--compare-trial is 9, but {path} has no"),
        (["--compare=nowhere.csv"], "nowhere.csv could not be read"),
        (["--format=html"], "invalid choice: 'html'"),
        (["--trail=1"], "unrecognized arguments: --trail=1"),
        (["other.csv"], "other.csv could not be read"),
        (["{path}"], "{path} is given twice"),
        (["--seed=7"], "--seed is 7, but {path} has no such seed: choose one of those it has, 0"),
        (["--seed=one"], "argument --seed: invalid int value: 'one'"),
        (["--task=casme2"], "there is no single task 'casme2': choose one of casme2/3class_megc"),
        (["--task=samm/3class"], "{path} is not samm/3class (dataset d instead of samm; 8 clips"),
        (["--tasks"], "--tasks reads no file, but got {path}"),
        (["--feasible=acc=70,n=9"], "--feasible reads no file, but got {path}"),
        (["--megc_log={path}"], "--megc_log would overwrite {path}"),
        (["--megc_log=log.txt"], "the class 'x' has no place in a MEGC log"),
        (["--megc_log=."], "--megc_log is ., which is there already: name another file"),
        (["other.csv", "--compare=x.csv"], "--compare takes one file, got 2"),
        (["other.csv", "--megc_log=x.txt"], "--megc_log takes one file, got 2"),
        (["--megc_log=t.txt", "--compare=t.txt"], "t.txt could not be read"),
        (["--fold"], "unrecognized arguments: --fold"),
    ],
)
def test_a_bad_flag_is_one_sentence_and_exit_code_2(table, capsys, flags, says):
    path = table(more=TRIALS)
    assert main([path, *(flag.format(path=path) for flag in flags)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says.format(path=path) in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ([], "the following arguments are required: file (or --feasible, or --tasks)"),
        (["--format=csv"], "the following arguments are required: file"),
        (["--feasible"], "argument --feasible: expected one argument"),
        (["--feasible="], "--feasible has '', expected NAME=VALUE"),
        (["--feasible=acc=70"], "lacks the number of clips"),
        (["--feasible=acc=70,n=9", "--format=latex"], "--feasible has no --format=latex"),
        (["--tasks", "--format=csv"], "--tasks has no --format=csv"),
        (["--feasible=acc=70,n=9", "--task=smic"], "--feasible takes no --task"),
        (["--feasible=acc=70,n=9", "--tasks"], "--feasible takes no --tasks: leave one of them"),
        (["--feasible=acc=70,n=9", "--compare=a.csv"], "--feasible takes no --compare"),
        (["--feasible=acc=70,n=9", "--seed=0"], "--feasible takes no --seed"),
        (["--tasks", "--task=smic"], "--tasks takes no --task:"),
        (["--tasks", "--compare-trial=0"], "--tasks takes no --compare_trial"),
        (["--tasks", "--trial=0"], "--tasks takes no --trial"),
        (["--tasks", "--megc-log=a.txt"], "--tasks takes no --megc_log"),
        (["--tasks", "--fold_means"], "--tasks takes no --fold_means"),
    ],
)
def test_without_a_file_it_is_one_sentence_too(capsys, flags, says):
    assert main(flags) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


@pytest.fixture
def log(tmp_path):
    """The published log of the composite."""
    megc_log.write(tmp_path / "log.txt", published_log.rows())
    return str(tmp_path / "log.txt")


def test_a_log_is_scored_and_its_task_named(log, capsys):
    assert main([log]) == 0
    text = capsys.readouterr().out
    assert "Task: composite/megc2019, 442 clips of 68 subjects" in text
    assert "| UF1 | 73.53 | [" in text
    assert "| samm | 133 | 28 |" in text
    assert "NON-STANDARD" not in text
    assert main([log, "--task=megc2019", "--format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["task"] == "composite/megc2019"
    assert found["pooled"]["war"] == found["pooled"]["acc"]
    assert "non_standard_fold_means" not in found


def test_an_unknown_set_of_clips_is_told_to_be_unknown(table, capsys):
    assert main([table()]) == 0
    assert "No known task: dataset d is none of casme2" in capsys.readouterr().out


def test_fold_means_are_added_on_request_and_labelled(table, capsys):
    assert main([table(), "--fold_means"]) == 0
    assert "## NON-STANDARD: means over folds" in capsys.readouterr().out
    assert main([table(), "--fold-means", "--format=json"]) == 0
    means = json.loads(capsys.readouterr().out)["non_standard_fold_means"]
    assert means["folds"] == 4
    assert main([table(), "--fold_means", "--format=latex"]) == 0
    assert "% NON-STANDARD" in capsys.readouterr().out


def test_a_log_is_written_of_one_seed_and_scores_the_same(log, tmp_path, capsys):
    path, again = tmp_path / "two.csv", tmp_path / "again.txt"
    lines = [
        f"{r.dataset},{r.subject},{r.clip},{r.fold},0,{seed},{r.true},{pred}\n"
        for r in published_log.rows()
        for seed, pred in enumerate((r.true, r.pred))
    ]
    path.write_text(FULL + "".join(lines))
    assert main([str(path), f"--megc_log={again}"]) == 2
    assert "has 2 seeds: choose one with --seed" in capsys.readouterr().err
    assert main([str(path), "--seed=1", f"--megc_log={again}"]) == 0
    assert "| UF1 | 73.53 |" in capsys.readouterr().out
    assert again.read_text() == Path(log).read_text()
    assert main([str(path), "--seed=1", f"--megc_log={again}"]) == 2
    assert f"--megc_log is {again}, which is there already" in capsys.readouterr().err
    assert main([str(path), "--seed=1", "--compare", log, "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["compare"]["difference"] == 0


@pytest.fixture
def dependent(tmp_path):
    """A person who is tested in two folds."""
    path = tmp_path / "dependent.csv"
    path.write_text("subject,clip,fold,true,pred\ns1,a,f0,x,x\ns1,b,f1,y,x\ns2,c,f2,x,y\n")
    return str(path)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("md", " **NOT SUBJECT-INDEPENDENT: 1 of the subj"),
        ("json", '"subject_independent": false,\n  "note": "NOT SUBJECT-INDEPENDENT: 1 of'),
        ("csv", 'dependent,0,note,"NOT SUBJECT-INDEPENDENT: 1 of the subjects (s1)'),
        (
            "latex",
            r"{\footnotesize\noindent\raggedright \textbf{NOT SUBJECT-INDEPENDENT: 1 of the sub",
        ),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_people_who_were_trained_on_are_said_in_every_format(
    dependent, table, capsys, form, says, several
):
    assert main([dependent, *([table()] if several else []), f"--format={form}"]) == 0
    said = says
    if several:
        said = says.replace("  ", "      ")
        said = said.replace(r"\raggedright \t", r"\raggedright \textsuperscript{1} \t")
    assert said in capsys.readouterr().out


def test_a_log_never_overwrites_the_table_it_is_compared_with(table, tmp_path, capsys):
    ours, theirs = table(), table("theirs.csv")
    before = Path(theirs).read_text()
    os.link(theirs, tmp_path / "link.csv")
    for path in (theirs, f"{tmp_path}/./theirs.csv", f"{tmp_path}/link.csv"):
        assert main([ours, f"--compare={theirs}", f"--megc_log={path}"]) == 2
        err = capsys.readouterr().err
        assert f"--megc_log would overwrite {path}, the file of --compare: name another" in err
    assert Path(theirs).read_text() == before


def test_one_file_under_two_paths_is_given_twice(table, tmp_path, capsys):
    path = table()
    (tmp_path / "link.csv").symlink_to(path)
    for other in (f"{tmp_path}/./p.csv", f"{tmp_path}/link.csv"):
        assert main([path, other]) == 2
        assert f"{path} is given twice, as {other} too: name each" in capsys.readouterr().err


def test_the_seed_reaches_the_table_that_is_compared_with(table, capsys):
    ours, theirs = table(seeds=(0, 1)), table("theirs.csv", pred="xyxyxyxy", seeds=(1, 2))
    assert main([ours, "--seed=1", f"--compare={theirs}"]) == 0
    assert "UF1 differs by -75.00" in capsys.readouterr().out
    assert main([ours, "--seed=0", f"--compare={theirs}"]) == 2
    assert f"--seed is 0, but {theirs} has no such seed" in capsys.readouterr().err


def test_several_files_are_one_table_with_footnotes(table, log, capsys):
    files = [log, table("mine.csv", seeds=(0, 1))]
    assert main(files) == 0
    text = capsys.readouterr().out
    assert "| log ¹ | 442 | 68 | 76.92 [" in text
    assert "| mine ² ³ | 8 | 4 | 25.00 ± 0.00 [" in text
    assert "³ Mean ± sd of 2 seeds." in text
    assert "The runs were scored on different clips" in text
    assert main([*files, "--format=latex"]) == 0
    text = capsys.readouterr().out
    assert r"log \textsuperscript{1} & 442 & 68 & 76.92 & " in text
    assert r"{\footnotesize\noindent\raggedright \textsuperscript{1} Task: composite" in text
    assert main([*files, "--format=json"]) == 0
    assert [run["n_clips"] for run in json.loads(capsys.readouterr().out)["runs"]] == [442, 8]
    assert main([*files, "--format=csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.partition(",")[0] for line in lines} == {"run", "log", "mine"}


def test_published_figures_are_asked_for_without_a_file(capsys):
    assert main(["--feasible", "acc=79.23,n=246"]) == 0
    assert capsys.readouterr().out.startswith("**IMPOSSIBLE**: Acc 79.23 on 246 clips.")
    assert main(["--feasible=uf1=81.00,uar=72.34,counts=70/51/43", "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["possible"] is False
    assert main(["--tasks"]) == 0
    assert "casme2/5class, 246 clips of 26 subjects (" in capsys.readouterr().out
    assert main(["--tasks", "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "casme2/3class_megc2019"


def test_other_people_behind_the_same_names_are_not_compared(tmp_path, capsys):
    ours, theirs = tmp_path / "a.csv", tmp_path / "b.csv"
    ours.write_text("subject,true,pred,person\n1,x,x,Ann\n2,x,y,Bob\n")
    theirs.write_text("subject,true,pred\n1,x,x\n2,x,y\n")
    assert main([str(ours), "--compare", str(theirs)]) == 2
    assert "names other people behind the same subjects" in capsys.readouterr().err


def test_three_columns_are_enough(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("subject,true,pred\n1,happy,happy\n1,sad,happy\n2,sad,sad\n")
    assert main([str(path)]) == 0
    assert "3 clips of 2 subjects" in capsys.readouterr().out


def test_two_tables_are_compared_on_the_same_clips(table, capsys):
    ours, theirs = table(), table("theirs.csv", pred="xyxyxyxy")
    assert main([ours, "--compare", theirs, "--format=json"]) == 0
    test = json.loads(capsys.readouterr().out)["compare"]
    assert test["difference"] == pytest.approx(-0.75)
    assert 0 < test["p"] <= 1
    assert main([ours, "--compare", theirs]) == 0
    assert "UF1 differs by -75.00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rename": lambda clip: clip + "f"}, "holds other clips or labels (16 differ"),
        ({"pred": "xyxyxy"}, "holds other clips or labels (2 differ"),
        ({"seeds": (0, 1)}, "compare runs of as many seeds"),
    ],
)
def test_a_comparison_of_different_things_is_refused(table, capsys, change, says):
    assert main([table(), "--compare", table("theirs.csv", **change)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "could not be read (No such file or directory)"),
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff\x00", "is not a text file"),
        (b"subject,true,pred\n", "has a header but no prediction"),
        (b"subject,pred\n1,2\n", "no column true"),
    ],
)
def test_a_bad_file_is_one_sentence_and_exit_code_2(tmp_path, capsys, content, says):
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    assert main([str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {path}")
    assert says in err
    assert err.count("\n") == 1
