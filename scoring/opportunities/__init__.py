"""Open deals, as records that are scored themselves: each is won or not, and its account is not asked."""
