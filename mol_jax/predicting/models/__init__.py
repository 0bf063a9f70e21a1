"""A finished run's models as one: opened without their dataset, averaged, calibrated."""
