"""A recording as it is read: its frames and their times, the faces in them and who is followed."""
