"""The parts of a report, as paragraphs of Markdown, and the page made of it."""
