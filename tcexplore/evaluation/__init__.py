"""What a model is worth on held-out rows, beside baselines."""
