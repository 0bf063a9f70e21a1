"""What lies on the disk: whether it is whole, who may write it, and what was there before."""
