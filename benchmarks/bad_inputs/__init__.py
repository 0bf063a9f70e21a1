"""Bad inputs to every command, and what each must end with: `python -m benchmarks.bad_inputs`."""
