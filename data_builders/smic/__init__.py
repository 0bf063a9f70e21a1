"""SMIC, short (HS, VIS, NIR) and long (HS-E): annotation readers, class views, TFDS builders."""
