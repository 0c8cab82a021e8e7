"""The product measured against itself: ratios from one run, so that the machine does not matter."""
