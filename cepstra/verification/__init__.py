"""The domain: enrolment, reference and attempts; no Flask, no SQL."""
