"""What training costs: how it grows, what is around it, and what whole studies take."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else XLA reports its slow compiles
