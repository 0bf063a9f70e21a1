"""Tables VIII to XV of the paper: what each part of MOL is worth, on CASME II in five classes.

Those of flow and landmarks, XIV and XV, quote other methods as well, as the paper prints them.
"""

from mol_jax.paper.rows import Method, Row, Table, scores

_METRICS = ("acc", "wf1")
_FULL = scores("79.23", "75.85")


def _quoted(method: Method, figures: dict[str, str]) -> Row:
    return Row(method.name, figures=figures, method=method)


def _landmarks(nme: str, failures: str) -> dict[str, str]:
    return scores(nme, failures, metrics=("nme", "failure_rate"))


ABLATIONS = (
    Table(
        "VIII",
        "what the other two tasks add",
        _METRICS,
        (
            Row(
                "recognition alone",
                "ablations/no_flow_no_landmarks",
                scores("66.55", "58.93"),
            ),
            Row("without landmarks", "ablations/no_landmarks", scores("76.60", "72.74")),
            Row("without flow", "ablations/no_flow", scores("75.48", "72.31")),
            Row("MOL", "casme2", _FULL),
        ),
    ),
    Table(
        "IX",
        "what F5C and its halves add",
        _METRICS,
        (
            Row("without F5C", "ablations/no_f5c", scores("62.90", "62.52")),
            Row("without CCC", "ablations/no_ccc", scores("76.86", "74.44")),
            Row("without FCC", "ablations/no_fcc", scores("65.45", "63.19")),
            Row("MOL", "casme2", _FULL),
        ),
    ),
    Table(
        "X",
        "how many F5C blocks",
        _METRICS,
        (
            Row("MOL: 1", "casme2", _FULL),
            Row("2", "ablations/f5c_2", scores("78.68", "73.46")),
            Row("3", "ablations/f5c_3", scores("78.27", "73.22")),
        ),
    ),
    Table(
        "XI",
        "what stands in FCC's place",
        _METRICS,
        (
            Row("vanilla transformer", "ablations/transformer", scores("76.30", "73.61")),
            Row("FCC-V alone", "ablations/fcc_v", scores("78.04", "74.58")),
            Row("FCC-H alone", "ablations/fcc_h", scores("77.64", "74.16")),
            Row("MOL: both", "casme2", _FULL),
        ),
    ),
    Table(
        "XII",
        "how the frames of a pair meet in the recognition head",
        _METRICS,
        (
            Row("first frame", "ablations/fusion_first", scores("75.04", "72.41")),
            Row("last frame", "ablations/fusion_last", scores("73.80", "72.11")),
            Row("all frames", "ablations/fusion_all", scores("74.65", "71.94")),
            Row("sum", "ablations/fusion_add", scores("72.51", "69.90")),
            Row("difference", "ablations/fusion_subtract", scores("72.13", "69.34")),
            Row("joined along channels", "ablations/fusion_concat_channels"),
            Row("MOL: joined along time", "casme2", _FULL),
        ),
        (
            "The paper does not name the axis along which MOL joins two frames; the authors' "
            "release joins them along time.",
        ),
    ),
    Table(
        "XIII",
        "how many frames of a clip",
        _METRICS,
        (
            Row("2, onset and apex", "ablations/frames_2", scores("79.88", "76.03")),
            Row("4", "ablations/frames_4", scores("75.17", "72.81")),
            Row("MOL: 8", "casme2", _FULL),
            Row("16", "ablations/frames_16", scores("78.98", "75.25")),
        ),
    ),
    Table(
        "XIV",
        "optical flow",
        ("epe",),
        (
            _quoted(Method("UnsupFlownet", "66", "ECCVW", "2016"), {"epe": "1.048"}),
            _quoted(Method("RAFT", "67", "ECCV", "2020"), {"epe": "0.465"}),
            Row("flow alone", "ablations/flow_only", {"epe": "1.145"}),
            Row("without landmarks", "ablations/no_landmarks", {"epe": "0.972"}),
            Row("without recognition", "ablations/no_mer", {"epe": "0.839"}),
            Row("MOL", "casme2", {"epe": "0.650"}),
        ),
        (
            "End-point error against TV-L1, mean over pairs and pixels of the centre crop. Zero "
            "flow is the error of predicting no motion on the same clips; the paper has no such "
            "line.",
        ),
    ),
    Table(
        "XV",
        "landmarks",
        ("nme", "failure_rate"),
        (
            _quoted(Method("TCDCN", "68", "TPAMI", "2016"), _landmarks("6.75", "3.84")),
            _quoted(Method("HRNetV2", "69", "TPAMI", "2021"), _landmarks("4.68", "2.99")),
            Row("landmarks alone", "ablations/landmarks_only", _landmarks("5.46", "7.87")),
            Row("without flow", "ablations/no_flow", _landmarks("5.22", "6.60")),
            Row("without recognition", "ablations/no_mer", _landmarks("4.89", "2.42")),
            Row("MOL", "casme2", _landmarks("2.35", "2.13")),
        ),
        (
            "Error against dlib in percent of the distance between the eyes, mean over frames; "
            "failures are the frames above 10 %. The mean face is that of each fold's training "
            "clips, predicted for every frame; the paper has no such line.",
        ),
    ),
)
