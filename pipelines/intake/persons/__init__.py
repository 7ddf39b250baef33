"""Persons at the door: what is somebody's leaves the tables before anything is learned, kept, logged or shown."""
