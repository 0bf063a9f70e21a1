"""From raw dataset folders to TFDS records: one folder per dataset on one common path."""
