"""Figures, never tests: `make bench`."""
