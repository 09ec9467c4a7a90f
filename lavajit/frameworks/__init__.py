"""Collections of what a program for one kind of chip needs, importable from one module."""
