"""Hand-crafted features of a clip, and the SVM that they are given to: nothing here is compiled."""
