"""Reports for people: one HTML file each, of a run, an evaluation, a bench or an audit.

A report needs no network and runs nothing: no script, pictures inside, and a policy that forbids
the browser all else. It is in the reader's language, light or dark as the reader's screen is, and
prints on A4. Whatever stands in a text or label stays text. Does *not* measure anything that the
run, evaluation, bench or audit has not measured, but for counts over the same texts.
"""

from kosent.reporting.audits import write_audit_report
from kosent.reporting.benches import write_bench_report
from kosent.reporting.evaluations import write_evaluation_report
from kosent.reporting.page import check_name
from kosent.reporting.runs import write_run_report

__all__ = [
    "check_name",
    "write_audit_report",
    "write_bench_report",
    "write_evaluation_report",
    "write_run_report",
]
