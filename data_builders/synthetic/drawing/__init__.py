"""A drawn face that moves: people, action units, motion, light."""
