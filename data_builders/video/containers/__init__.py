"""What the container of a video file says of its parts: whether they are all there.

Only the parts' lengths and counts are read, no picture. A length of time or a number of frames in a
header is no promise, since formats estimate them and edits leave them as they were; a part that the
file ends in, or a place where none begins, is damage.
"""
