"""Processes and folders of a build: what appears on a disk appears whole or not at all."""
