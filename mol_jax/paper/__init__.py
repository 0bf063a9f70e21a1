"""The figures of the papers, as they print them."""
