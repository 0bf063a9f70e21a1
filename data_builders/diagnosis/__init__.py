"""What `data_builders.doctor` looks at, a module for each part of its report."""
