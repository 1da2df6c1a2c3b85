"""Entries that look wrong, told from what their person usually does. Pure: worked time goes in, findings come out."""
