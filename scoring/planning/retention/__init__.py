"""Customers: from when until when each was one, how long they still stay, and what that brings."""
