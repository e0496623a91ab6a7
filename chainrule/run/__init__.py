"""Running: a recorded function as a program that is called again and again."""
