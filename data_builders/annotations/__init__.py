"""Coding workbooks and tables of labels, read as clips to build and rows that cannot be."""
