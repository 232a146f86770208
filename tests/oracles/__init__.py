"""Slow, obvious second opinions, written from the design and never from the product's code."""
