"""From image files to aligned faces, their landmarks and the flow between them."""
