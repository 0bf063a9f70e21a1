"""Tables and logs of predictions that other people and programs wrote, read as what they mean."""
