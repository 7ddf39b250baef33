"""Persons at the door of the tables: what is somebody's leaves them before anything is learned, kept, logged or shown."""
