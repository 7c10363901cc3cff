"""Model page: figures, tables and sentences on what the model is worth."""
