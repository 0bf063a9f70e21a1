"""What the score command prints of one run and of several, as Markdown and as LaTeX."""
