"""Files of a workdir and of other people: read with a sentence, written whole or not at all."""
