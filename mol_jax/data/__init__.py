"""From built datasets and a view to one table of clips, and what is known of it before."""
