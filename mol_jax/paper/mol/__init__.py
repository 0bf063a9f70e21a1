"""MOL's paper: its tables, and which run stands beside which row of them."""
