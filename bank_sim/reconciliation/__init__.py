"""What the bank and an application party each hold of a day's transfers, compared (JR/T 0185 7.2.2-3.2.3)."""
