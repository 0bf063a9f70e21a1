"""The 36 regions of a face that MDMO looks at: quadrilaterals between landmarks.

Liu et al., "A Main Directional Mean Optical Flow Feature for Spontaneous Micro-Expression
Recognition" (2016). Corners are landmarks of the 68-point scheme counted from 0; R17 is landmark 17
moved up, Rc between R21 and R22, and A to K are between two landmarks.

paper: brow points move up by 20 px; here by a quarter of the distance of the eyes.
"""

import cv2
import numpy as np

BETWEEN = {
    "A": (3, 29), "B": (13, 29), "C": (4, 33), "D": (12, 33), "E": (5, 59), "F": (11, 55),
    "G": (2, 41), "H": (14, 46), "I": (6, 58), "J": (8, 57), "K": (10, 56),
}  # fmt: skip
RAISED = (17, 19, 21, 22, 24, 26)
UP = 0.25  # of the distance of the eyes
CORNERS = tuple(
    tuple(corners.split())
    for corners in (
        "17 R17 R19 19", "19 R19 R21 21", "21 R21 Rc 27", "27 Rc R22 22", "22 R22 R24 24",
        "24 R24 R26 26", "1 0 17 36", "36 17 19 38", "38 19 21 39", "39 21 27 28", "28 27 22 42",
        "42 22 24 43", "43 24 26 45", "45 26 16 15", "3 2 G A", "A G 41 39", "A 39 28 29",
        "29 28 42 B", "B 42 46 H", "B H 14 13", "C A 29 33", "33 29 B D", "E C 33 59",
        "55 33 D F", "I E 59 58", "J I 58 57", "K J 57 56", "F K 56 55", "4 3 A C", "D B 13 12",
        "5 4 C E", "F D 12 11", "6 5 E I", "8 6 I J", "10 8 J K", "11 10 K F",
    )
)  # fmt: skip
COUNT = len(CORNERS)  # 36


def quadrilaterals(landmarks: np.ndarray) -> np.ndarray:
    """Returns the regions' corners, float64 [36, 4, 2] (x, y) px, of landmarks [68, 2]."""
    landmarks = landmarks.astype(np.float64)
    eyes = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    up = np.array([0, -UP * np.linalg.norm(eyes[1] - eyes[0])])
    named = {str(i): point for i, point in enumerate(landmarks)}
    named |= {f"R{i}": landmarks[i] + up for i in RAISED}
    named |= {name: landmarks[list(pair)].mean(0) for name, pair in BETWEEN.items()}
    named["Rc"] = (named["R21"] + named["R22"]) / 2
    return np.array([[named[corner] for corner in corners] for corners in CORNERS])


def masks(landmarks: np.ndarray, side: int) -> np.ndarray:
    """Returns which pixels of an image of `side` px each region has, bool [36, side, side].

    Borders belong to both neighbours. What of a region lies outside of the image is cut off.
    """
    found = np.zeros((COUNT, side, side), np.uint8)
    for mask, corners in zip(found, quadrilaterals(landmarks), strict=True):
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
    return found.astype(bool)
