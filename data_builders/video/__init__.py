"""Pictures of a video file by their number, and whether all of them are there."""
