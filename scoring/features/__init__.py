"""Features: declared in `fit` and `intent`, computed by `feature_expressions` and `feature_arrays`."""
