"""What every output of a prediction says beside it: what it is for, what it is not, its score."""

from mol_jax.predicting.result import About
from mol_jax.scoring.mark import WORD

USE = "Research use."
NOT = (
    "Not lie detection: an expression is no proof of what a person feels, means or hides.",
    "Probabilities are of the classes that the run was trained on; none of them says that nothing "
    "happened: that is what spotting is for.",
)
DRAWN = (
    f"{WORD} FACES ONLY: this run has seen no real face. What it says of a real person is a trial "
    "of the program, and no finding."
)


def mark(about: About) -> str:
    """Returns the visible mark of a run that has seen drawn faces only, "" where it has not."""
    return f"{WORD} FACES ONLY" if about.generated else ""


def lines(about: About) -> tuple[str, ...]:
    """Returns the sentences of every page, table and picture, the mark first where there is one."""
    drawn = (DRAWN,) if about.generated else ()
    alarms = (_capital(about.false_alarms),) if about.false_alarms else ()
    return (*drawn, f"{USE} {NOT[0]}", NOT[1], f"The run's own score: {about.score}.", *alarms)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def short(about: About) -> str:
    """Returns one line for where there is no room: the foot of a video, a picture's caption."""
    drawn = mark(about)
    return " · ".join((*([drawn] if drawn else ()), "research use", "not lie detection"))
