"""Features: declared in `fit` and `intent`, interpreted in `build`."""
