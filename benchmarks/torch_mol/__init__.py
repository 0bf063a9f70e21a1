"""MOL and its training step in PyTorch, to be set beside ours: `python -m benchmarks.torch_mol`.

`steps` has what another benchmark may call; `network`, `backbone` and `flow` are the PyTorch side.
"""
