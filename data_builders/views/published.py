"""How many clips of each subject and class the published views have, and where a build differs."""

from collections import Counter
from collections.abc import Mapping

Counts = Mapping[tuple[str, str], int]  # (subject, class) → clips; "" stands for all of them
THREE = ("negative", "positive", "surprise")
EVERY = ""

# Clips of each subject, negative, positive and surprise, in the composite of MEGC 2019.
_MEGC2019 = {
    "casme2": """
        sub01 2 1 0   sub02 5 1 3   sub03 4 0 1   sub04 2 0 0   sub05 0 1 5   sub06 1 1 2
        sub07 5 0 0   sub08 1 0 0   sub09 5 5 0   sub11 4 0 0   sub12 5 2 4   sub13 0 2 0
        sub14 0 3 0   sub15 1 1 1   sub16 1 2 0   sub17 23 7 1  sub19 3 3 5   sub20 2 0 0
        sub21 1 0 0   sub22 2 0 0   sub23 7 1 0   sub24 2 0 1   sub25 3 0 2   sub26 9 2 0
    """,
    "smic": """
        s1 3 2 1   s2 0 1 5   s3 22 11 6  s4 10 4 5  s5 1 0 1   s6 2 0 2   s8 9 4 0   s9 0 1 3
        s11 3 3 1  s12 0 8 1  s13 0 10 0  s14 3 2 5  s15 1 1 2  s18 2 0 5  s19 0 1 1  s20 14 3 5
    """,
    "samm": """
        006 9 0 2  007 1 5 2  009 3 0 1  010 4 0 0  011 13 7 0  012 2 0 1  013 6 0 0  014 2 7 1
        015 2 0 1  016 2 1 2  017 3 0 1  018 2 0 1  019 0 1 0   020 2 2 0  021 2 0 0  022 3 2 0
        023 1 0 0  024 1 0 0  026 9 0 0  028 1 0 2  030 3 0 0   031 1 0 0  032 4 0 0  033 4 1 0
        034 3 0 0  035 7 0 1  036 1 0 0  037 1 0 0
    """,
}
# Clips of sub01 to sub26 in the five classes of CASME II; not known by class.
_CASME2_FIVE = "9 13 7 5 19 5 9 3 13 13 10 12 8 4 3 4 34 3 15 11 2 2 12 7 7 16"


def _by_class(text: str) -> dict[tuple[str, str], int]:
    fields = text.split()
    return {
        (fields[at], name): int(fields[at + 1 + place])
        for at in range(0, len(fields), 4)
        for place, name in enumerate(THREE)
    }


def _of_classes(**counts: int) -> dict[tuple[str, str], int]:
    return {(EVERY, name): count for name, count in counts.items()}


_MEGC_OF = {dataset: _by_class(text) for dataset, text in _MEGC2019.items()}
_FIVE_OF = {
    (f"sub{n:02d}", EVERY): count for n, count in enumerate(map(int, _CASME2_FIVE.split()), 1)
}
_FIVE = _of_classes(happiness=32, disgust=63, repression=27, surprise=25)

# What a build has to match subject by subject, because the organisers publish it clip by clip.
EXACT: dict[tuple[str, str], Counts] = {
    ("casme2", "3class_megc2019"): _MEGC_OF["casme2"],
    ("smic", "3class"): _MEGC_OF["smic"],
    ("samm", "3class"): _MEGC_OF["samm"],
}
# What says where to look when the number of clips differs.
KNOWN: dict[tuple[str, str], Counts] = EXACT | {
    # The two clips that MEGC 2019 lacks have no apex after the onset.
    ("casme2", "3class_naive"): _MEGC_OF["casme2"]
    | {("sub04", "negative"): 3, ("sub05", "negative"): 1},
    ("casme2", "3class_wide"): _of_classes(negative=99, positive=32, surprise=25),
    ("casme2", "5class"): _FIVE_OF | _FIVE | _of_classes(others=99),
    ("casme2", "5class_release"): {key: n for key, n in _FIVE_OF.items() if key[0] != "sub18"}
    | _FIVE
    | _of_classes(others=96),
    ("samm", "5class"): _of_classes(happiness=26, anger=57, contempt=12, surprise=15, others=26),
}


def differences(published: Counts, found: Counts) -> list[str]:
    """Returns each number that differs, as 'sub04 negative 1 instead of 2'.

    published: of subjects and classes, or of either. found: of subjects and classes.
    """
    totals: Counter[tuple[str, str]] = Counter()
    for (subject, name), count in found.items():
        for key in ((subject, name), (subject, EVERY), (EVERY, name)):
            totals[key] += count
    # A subject or a class that is not published has no clip, where any of its kind is published.
    kinds = {(bool(subject), bool(name)) for subject, name in published}
    keys = [*published, *(key for key in totals if key not in published)]
    return [
        f"{' '.join(filter(None, key))} {totals[key]} instead of {published.get(key, 0)}"
        for key in keys
        if (bool(key[0]), bool(key[1])) in kinds and totals[key] != published.get(key, 0)
    ]
