"""Tables for a paper: LaTeX that compiles as it is and fits a column."""
