"""Schedules: the learning rate as a function of the number of steps done, a file a family."""
