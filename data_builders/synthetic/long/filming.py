"""One long video, drawn in pieces: a person in a room, filmed by one camera."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from data_builders.synthetic.endless import camera, creases, filming, placing, scene
from data_builders.synthetic.endless.draws import CLIP, PERSON, Draws
from data_builders.synthetic.endless.expression import Shown
from data_builders.synthetic.endless.head import Head, draw_head
from data_builders.synthetic.endless.moment import Lamp, draw_lamp, draw_pose, draw_rest
from data_builders.synthetic.endless.movement import Movement, everywhere, nodes
from data_builders.synthetic.endless.person import Person, draw_person
from data_builders.synthetic.endless.plate import Plate
from data_builders.synthetic.endless.variety import Variety
from data_builders.synthetic.long.course import LongCourse, draw_long_course
from data_builders.synthetic.long.events import Event, Mix, draw_events

VIEW = 0.74  # of an aligned image: a recording shows more than the face alone
PIECE = 32  # frames that are drawn together
FAR = 4.0  # brow spans: a plate ends long before
# A video is of somebody who looks at the camera, with open eyes and little in front of them.
VARIETY = dataclasses.replace(Variety(), occlusion=0.0, pose=0.5, rest=0.4, alignment=2.0)


@dataclasses.dataclass(frozen=True)
class Plan:
    """A long video that can be drawn, all frames or some.

    number: which video of the set. neutral: whether it has no expression. events: in the order of
    time. landmarks: float32 [n, 68, 2] px of a frame, exact.
    """

    number: int
    neutral: bool
    size: int
    events: list[Event]
    course: LongCourse
    landmarks: np.ndarray
    _head: Head
    _layers: tuple[Movement, Movement]
    _muscles: list
    _lamp: Lamp
    _metered: float
    _draws: Draws

    def frames(self) -> Iterator[np.ndarray]:
        """Yields the frames, grey uint8 [S, S], in their order."""
        room = scene.background(self._draws, self.size, VARIETY)
        faults = camera.draw_faults(self._draws, self.size, VARIETY)
        noise = self._draws("grain")
        for start in range(0, len(self.course.times), PIECE):
            for frame in self._lit(slice(start, start + PIECE), room):
                yield camera.taken(frame, faults, noise)

    def _lit(self, piece: slice, room: np.ndarray) -> np.ndarray:
        """Returns frames from 0 to 1 before the camera's faults."""
        skin, skull = (_cut(layer, piece) for layer in self._layers)
        points = _shown(skin, self.size)
        shown = filming.moved(self._head.plate, self._head.skin, points, self.size)
        shade = creases.shading(
            self._muscles, self.course.levels[piece], points, self._draws, VARIETY
        )
        if shade is not None:
            shown[..., :1] *= everywhere(shade, self.size)
        light = room * (1 - shown[..., 1]) + shown[..., 0]
        if self._head.worn is not None:
            points = _shown(skull, self.size)
            worn = filming.moved(self._head.plate, self._head.worn, points, self.size)
            light = light * (1 - worn[..., 1]) + worn[..., 0]
        return camera.expose(light, self._metered, self._lamp, self.course.light[piece])


def plan(
    seed: int, number: int, *, seconds: float, rate: float, size: int, mix: Mix, neutral: bool
) -> Plan:
    """Returns a video of a person of its own: the same arguments give the same video.

    rate: frames a second. size: side of a frame, px.
    """
    person, draws = Draws(seed, PERSON, number), Draws(seed, CLIP, number)
    times = np.arange(max(2, round(seconds * rate))) / rate
    events = draw_events(draws, float(times[-1]), mix)
    course = draw_long_course(draws, events, times, mix)
    who = draw_person(seed, number, VARIETY)
    lamp, rest = draw_lamp(draws, VARIETY), draw_rest(draws, VARIETY)
    angles = draw_pose(draws, VARIETY) + course.drift[:, :3]
    turns = np.stack([placing.rotation(*each) for each in angles])
    head = draw_head(Plate(filming.FINER * size * VIEW / filming.SHOWN), who, rest, lamp, turns[0])
    parts = _parts(who, head, course, draws, person, min(rest.open_eyes, 1.0))
    matrices = _wider(
        placing.matrices(head.points, turns, course.drift[:, 3:], draws, size, VARIETY), size
    )
    levels = np.column_stack([course.levels, course.blink])
    skin = placing.movement(head.points, parts, levels, matrices)
    skull = placing.movement(head.points, [], levels, matrices)
    metered = head.brightness() ** filming.METERED * filming.USUAL ** (1 - filming.METERED)
    landmarks = skin.forward(head.points.astype(np.float64)).astype(np.float32)
    return Plan(
        number, neutral, size, events, course, landmarks,
        head, (skin, skull), parts[:-1], lamp, metered, draws,
    )  # fmt: skip


def _parts(
    who: Person, head: Head, course: LongCourse, draws: Draws, person: Draws, opened: float
) -> list:
    """Returns the pushes of every unit of the video at its peak and, last, of a blink."""
    strengths = dict(zip(course.units, course.peaks.tolist(), strict=True))
    lean = float(np.clip(0.35 * VARIETY.lean * draws("lean").normal(), -0.9, 0.9))
    own = placing.own_muscles(person, strengths, VARIETY)
    return placing.muscles(head.points, Shown(0, strengths), lean, opened, own)


def _wider(matrices: np.ndarray, size: int) -> np.ndarray:
    """Returns the matrices [n, 2, 4] of a view about the same middle that shows more."""
    middle = (size - 1) / 2
    wider = VIEW * matrices
    wider[..., 3] += (1 - VIEW) * middle
    return wider


def _shown(layer: Movement, size: int) -> np.ndarray:
    """Returns the points of the plate [t, n, 2] that the nodes of the frames show.

    Where a turned head hides itself there may be no way back; what is far off shows no skin.
    """
    points, _ = layer.back(nodes(size))
    return np.clip(np.nan_to_num(points, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)


def _cut(layer: Movement, piece: slice) -> Movement:
    return Movement(layer.bumps, layer.flat[piece], layer.shift[piece], layer.pull[piece])
