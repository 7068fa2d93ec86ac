"""Loaders of example companies."""
