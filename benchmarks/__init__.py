"""Figures of the product, each measured against bare calls of the same parts in the same run."""
