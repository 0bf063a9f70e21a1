"""What stands on a terminal: tables of any width, and text in any encoding."""
