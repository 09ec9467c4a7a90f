"""Helpers for users and for the process library."""
