"""Admission: how somebody becomes an application party, from the enquiry until it is live (JR/T 0185 9.1, 9.3.4).

    stages          which steps there are, where each leads from and to, and who went them when
    questionnaire   what the applicant says of itself, and how that is scored
    materials       its papers; registers: what others say of it (fictional); credit_code: check characters
    agreement       what both sides sign; terms: its clauses
    possession      that the keys are its own
    inspection      what its calls in the test environment show
    checks          THE table of what may keep a step from being taken
    dossiers        a case as it lies in the store
    admissions      the steps
    lapsing         cases that nobody goes on with, papers that are kept no longer
    testing         whom an application may serve before it is live

It judges and records; it shows nothing, and it issues credentials only through the registry. Faces call ``Admissions``.
"""

from __future__ import annotations

from bank_sim.admission.checks import DEFENCES
from bank_sim.admission.dossiers import SCHEMA

__all__ = ["DEFENCES", "SCHEMA"]
