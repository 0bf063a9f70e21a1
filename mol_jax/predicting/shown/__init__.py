"""What people see of a prediction: the annotated video, the timeline, the page."""
