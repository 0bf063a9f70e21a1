"""Whether FRL-DGT's displacement module finds the motion of generated clips, known exactly."""
