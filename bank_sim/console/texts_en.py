"""The console's words in English. ``texts`` says how they are put together."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, Any] = {
    "console": "Operator console", "bank": "Sandbox Bank", "logout": "Log out", "menu": "Console",
    "menu_parties": "Application parties", "menu_offers": "Interfaces and keys", "menu_defence": "Defence",
    "menu_records": "Records",
    "overview": "Overview", "alarms": "Alarms", "incidents": "Incidents", "applications": "Applications",
    "blacklist": "Blacklist", "throttles": "Throttles", "log": "Access log", "proposals": "Proposals",
    "journal": "Journal", "audit": "Audit", "waiting": "{count} waiting",
    "retry_after": " Try again in {minutes} min.", "roles_may": " It is for: {roles}.", "and": ", ",
    "role": {"operator": "operator", "reviewer": "reviewer", "auditor": "auditor", "system": "by itself"},
    "trace": "Trace id",
    "cancel": "Cancel", "all": "All", "refresh": "Refresh", "login": "Log in",
    "login_lead": "For the bank's own staff. What you do here is recorded under your name.",
    "login_name": "Login name", "password": "Password",
    "roles_lead": "Three roles share the work, and nobody can do all of it:",
    "role_does": {
        "operator": "watches, takes alarms, suspends and shuts out at once",
        "reviewer": "agrees, or not, to what somebody else proposes – never on their own proposal",
        "auditor": "sees everything, verifies the records, changes nothing",
    },
    "aid_lead": "Fill in one of the sandbox's staff:", "aid_button": "Show staff",
    "overview_lead": "What applications call, and how the bank answers. Pages of customers are not counted here.",
    "window": "Last", "windows": {"15m": "15 minutes", "1h": "1 hour", "6h": "6 hours", "24h": "24 hours"},
    "calls": "Calls", "per_minute": "{number} a minute", "success": "Served", "refused": "Refused",
    "fault": "Failed at the bank", "success_rate": "Success rate", "p50": "Half answered within",
    "p99": "99% answered within", "open_alarms": "Open alarms", "live": "Live",
    "paused": "Paused", "pause": "Pause", "resume": "Go on", "updated": "As of {time}",
    "chart_calls": "Calls over time",
    "chart_calls_is": (
        "Columns: calls per {minutes} min, split by outcome; the highest column stands for {top} calls "
        "at most."
    ),
    "chart_latency": "Time of answer",
    "chart_latency_is": (
        "Two lines: the time within which half, and 99%, of the calls were answered; the top is {top} "
        "ms."
    ),
    "as_table": "The same figures as a table", "from": "From", "to": "To", "time": "Time", "api": "Interface",
    "application": "Application", "by_api": "By interface", "by_app": "By application", "nobody": "unknown",
    "no_calls": "No calls in this time.", "see_alarms": "All alarms", "see_log": "See the records",
    "standing_alarms": "Alarms",
    "alarms_lead": (
        "An alarm is raised once per rule and subject, however often it strikes, and stays open until "
        "somebody takes it."
    ),
    "severity": "Severity", "severities": {"critical": "critical", "major": "major", "minor": "minor"},
    "alarm": "Alarm", "about": "About", "state": "State",
    "alarm_state": {"open": "open", "acknowledged": "taken", "closed": "over"},
    "first": "First", "last": "Last", "value": "Value", "peak": "Highest", "overdue": "overdue",
    "no_alarms": "All quiet.", "over": "Over", "rules": "The rules",
    "rules_lead": "What raises an alarm, and from which value on.", "rule": "Rule", "strikes": "Strikes at",
    "within": "within {minutes} min", "bank_itself": "the bank",
    "take": "Take it", "taken_by": "Taken by", "advice": "What to do", "example": "Newest record",
    "open_an_incident": "Open an incident", "incident": "Incident", "shut_out_address": "Blacklist this address",
    "see_application": "See the application",
    "incidents_lead": "What people made of alarms: from the first line to the conclusion.",
    "no_incidents": "No incidents yet. One is opened from an alarm.", "opened": "Opened", "opened_by": "Opened by",
    "still_open": "open", "time_line": "Time line", "add_note": "Add a note",
    "close_it": "Close", "closed_state": "closed",
    "applications_lead": "Everybody who may call the bank. Suspending works at once; resuming takes a second person.",
    "find": "Name or App_ID", "search": "Search", "no_applications": "No application is called so.",
    "status": "Status",
    "app_status": {"testing": "in test", "active": "active", "suspended": "suspended", "exited": "has left"},
    "status_testing": "in test", "status_active": "active", "status_suspended": "suspended",
    "status_exited": "has left", "blacklisted": "blacklisted", "app_id": "App_ID", "suite": "Algorithms",
    "suites": {"gm": "SM2 / SM3 / SM4", "intl": "ECDSA P-256 / SHA-256 / AES-GCM"}, "mode": "Integration",
    "modes": {
        "server-direct": "server, direct", "server-sdk": "server, with the bank's SDK",
        "mobile-direct": "mobile, direct", "mobile-sdk": "mobile, with the bank's SDK",
    },
    "registered": "Registered", "certificate": "Client certificate", "no_certificate": "none",
    "consents": "Consents in force", "last_day": "Last 24 hours", "its_keys": "Keys", "key": "Key", "use": "Use",
    "valid_until": "Valid until", "use_sig": "signing", "use_enc": "sealing", "use_assertion": "client assertion",
    "use_mac": "App_Secret", "key_active": "valid", "key_superseded": "superseded", "key_revoked": "revoked",
    "key_expired": "expired", "key_not_yet": "not valid yet", "revoke": "Revoke", "suspend": "Suspend",
    "shut_out": "Blacklist", "propose_resume": "Propose to resume", "granted": "Granted interfaces",
    "refusals": "Refused with", "code": "Code",
    "no_refusals": "Nothing was refused.", "history": "What staff did", "no_history": "Nothing yet.",
    "waits_for_review": "A proposal to resume waits for a reviewer.",
    "blacklist_lead": "Shut out until somebody lets them in: one person adds, another must agree to a removal.",
    "listed": "Shut out", "kind": "Kind", "kinds": {"source": "address", "application": "application"},
    "reason": "Reason", "by": "By", "proposer": "Proposed by",
    "since": "Since", "until": "Until", "until_removed": "removed",
    "no_entries": "Nobody is blacklisted.", "propose_remove": "Propose removal",
    "removal_waits": "removal waits for a reviewer", "source": "Address",
    "source_hint": "Such as 192.0.2.7, or a network such as 192.0.2.0/24.", "add": "Blacklist an address",
    "throttles_lead": (
        "These limits work by themselves and end by themselves. Release one only when you know who it "
        "was."
    ),
    "throttle": "Throttle", "no_throttles": "No throttle is in force.", "release": "Release",
    "rest_login": "Login of a customer", "rest_source": "Logins from an address",
    "rest_sms": "Text messages to a customer", "rest_staff": "Login of staff",
    "rest_staff-source": "Staff logins from an address", "rest_gate": "Failed calls from an address",
    "unknown_rests": "{count} more rests are on names that nobody at the bank has: somebody tries names.",
    "limits": "The limits in force",
    "limit_login": "{tries} wrong passwords for a login, or {source} from an address: rest of {minutes} min",
    "limit_gate": "{tries} failed calls from an address within {seconds} s: refused until the window ends",
    "limit_sms": "{tries} text messages to a customer a day, one every {seconds} s", "face": "Through",
    "faces": {
        "": "everything", "calls": "calls of applications", "pages": "customers' pages",
        "portal": "developer portal", "console": "this console",
    },
    "log_lead": "Every call, refused ones included. The newest come first.", "result": "Result",
    "results": {"success": "success", "failure": "failure"}, "consent_id": "Consent", "customer_ref": "Customer",
    "trace_id": "Trace id", "key_id": "Key", "serial": "No.", "took": "Took", "older": "Older records",
    "nothing_found": "No record matches.",
    "nothing_here": "No match among the newest {count} records that were read.", "record": "Record {serial}",
    "weakened": "Defences left out", "filter": "Filter", "reset": "Clear",
    "more_filters": "More filters",
    "proposals_lead": "What lets somebody in or cannot be undone takes two people: one proposes, another decides.",
    "no_proposals": "Nothing was proposed yet.", "proposal": "Proposal",
    "proposal_resume_application": "Resume an application",
    "proposal_remove_from_blacklist": "Take off the blacklist",
    "proposal_state": {"open": "waits", "approved": "approved", "rejected": "rejected", "withdrawn": "withdrawn"},
    "decided": "Decided", "approve": "Approve", "reject": "Reject", "withdraw": "Withdraw",
    "anothers": "for somebody else to decide",
    "journal_lead": "Who did what, to whom, when and why. Refused attempts included; nobody can change a line.",
    "action": "Action", "subject": "To", "who": "Who", "no_entries_yet": "No entries.", "refused_with": "refused",
    "broken_what": (
        "The record was changed or removed after it had been written. Stop changes, keep a copy of the database, and "
        "open an incident from the alarm."
    ),
    "audit_lead": (
        "Each record is chained to the one before it by SM3. Verification recomputes the chain and compares "
        "it with every head seen before."
    ),
    "audit_log": "Access log", "audit_journal": "Staff journal", "verify": "Verify the access log",
    "running": "A verification is under way.", "records": "Records", "holds": "holds",
    "broken": "broken at no. {serial}", "head": "Head of the chain",
    "head_hint": (
        "Keep it where the bank's administrators cannot reach it: whoever rewrites the whole chain changes "
        "the head."
    ),
    "never_verified": "Never verified yet.", "outcome": "Outcome", "entries": "Entries",
    "what_happens": "What happens",
    "reason_hint": "4 to 300 characters, for people who were not there. No customer's data.",
    "lasts": "For how long",
    "durations": {"1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days", "": "until it is removed"},
    "own_address": (
        "You are calling from this address yourself, and so may be the sandbox's own applications: their "
        "calls will be refused. This console stays reachable."
    ),
    "error": "That did not work",
    "other_actions": {
        "admit_application": "Admitted an applicant", "go_live": "Let an application go live",
        "log_in": "Log in", "log_out": "Log out", "look": "Look",
        "look_at_customer": "Looked at a customer", "resume_application": "Resumed",
        "remove_from_blacklist": "Taken off the blacklist", "destroy_archive": "Destroyed an archive",
        "escalate_alarm": "An alarm waits too long",
    },
    "processes": "The bank's processes", "process": "Process", "running_for": "Running for", "cpu": "CPU time used",
    "memory": "Memory", "minutes": "{number} min",
    "column": {
        "serial": "No.", "trace_id": "Trace id", "at_ms": "Time", "app_id": "Application", "api_id": "Interface",
        "u_api_id": "Uniform identifier", "level": "Level", "method": "Method", "path": "Path", "source": "Address",
        "elapsed_us": "Took", "result": "Result", "status": "Status", "code": "Code", "consent_id": "Consent",
        "customer_ref": "Customer", "key_id": "Key", "nonce": "Nonce", "content_digest": "Body's digest",
        "signature": "Signature", "weakened": "Defences left out", "fault": "Faults of the sandbox",
        "traceparent": "Caller's trace", "hash": "Hash",
    },
}  # fmt: skip
