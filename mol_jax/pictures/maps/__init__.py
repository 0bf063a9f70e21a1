"""Where in the face a class counts: saliency, occlusion, attention."""
