"""Load from outside: what the bank costs and holds, measured on the wire. Nothing of the bank knows of this package."""
