"""Data of persons: what is somebody's leaves the tables before anything is learned, kept, logged or shown."""
