"""Complete reference networks, one file each, built from lavajit's public names only."""
