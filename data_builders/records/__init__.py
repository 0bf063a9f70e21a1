"""From annotated clips to a built dataset, and what is kept and said of the build."""
