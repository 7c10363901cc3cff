"""What the model sees of a crystal."""
