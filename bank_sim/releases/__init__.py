"""Builds of the bank's SDK: which ones are published, which may be used, and which no longer (JR/T 0185 9.3.5-3).

A build is published once for all; it may be withdrawn and, with four eyes, admitted again. Who may do so is for whoever
asks. An application is held to this only where it was registered so.
"""

from bank_sim.releases.register import SCHEMA, Release, Releases

__all__ = ["SCHEMA", "Release", "Releases"]
