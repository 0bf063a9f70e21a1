"""The doctor's report on a dataset as a test reads it."""

import pytest

from data_builders.diagnosis.findings import Findings
from data_builders.doctor import Checkup, diagnose
from data_builders.records.record import RecordSettings
from tests.data_builders.conftest import FixedDetector

SETTINGS = RecordSettings(frames=8, size=72, flow="dis")


class Report:
    """What a checkup prints, and its exit code."""

    def __init__(self, name, source, *, most=None, **options):
        self.lines = []
        options = {"settings": SETTINGS, "make_detector": FixedDetector, "workers": 1} | options
        checkup = Checkup(name=name, source=source, **options)
        self.code = diagnose(checkup, Findings(emit=self.lines.append, most=most))
        self.text = "\n".join(self.lines)

    def of(self, kind):
        """The findings of a kind."""
        return [line[8:] for line in self.lines if line.startswith(f"  {kind:<6}")]

    def below(self, start):
        """The particulars of the one finding that holds a text."""
        (at,) = [k for k, line in enumerate(self.lines) if line[:3] != "   " and start in line]
        found = []
        for line in self.lines[at + 1 :]:
            if not line.startswith(" " * 10):
                break
            found.append(line.strip())
        return found


def make_whole(tree):
    """Generated clips with nothing odd about them: two subjects, five emotions each."""
    for subject in ("01", "02"):
        for emotion in ("happiness", "disgust", "repression", "surprise", "others"):
            tree.add(subject, f"EP_{emotion}", emotion=emotion)
    tree.write_workbook()
    tree.mark_generated()
    return tree


@pytest.fixture
def whole(tree):
    return make_whole(tree)
