"""How FRL-DGT's paper is cited.

Source: Zhai et al., "Feature Representation Learning with Adaptive Displacement Generation and
Transformer Fusion for Micro-Expression Recognition" (CVPR 2023). Its figures are quoted, not
reproduced: no code of it is public.
"""

PAPER = "Zhai et al. 2023"
