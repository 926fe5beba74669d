"""Figures of speed at 10 000 and at 1 000 000 fiches: `make bench` (python -m tests.bench).

Never collected by pytest: minutes of work on a base of its own, thrown away in the end.
"""
