"""The simulated market as CRMs lay out their raw exports, with their ugliness."""
