"""From a data set to a model folder; the only folder that knows TensorFlow."""
