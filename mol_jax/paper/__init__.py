"""The paper's figures, as it prints them."""
