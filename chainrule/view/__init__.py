"""Looking inside: what a network computes and why its weights move as they do."""
