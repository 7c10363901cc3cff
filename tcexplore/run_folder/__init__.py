"""Folders of runs, which searches and batches keep: manifest, parts, the model they belong to."""
