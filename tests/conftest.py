"""What all tests share: how seldom Python looks for cycles of objects."""

import gc

# As the command line sets it. Ibis makes millions of small objects, among which there is little to find.
gc.set_threshold(100_000)
