"""What the staff reads before it acts, in English, by action: what will happen, and what the reason is for.

``title`` heads the page, ``what`` says what follows, ``reason`` asks why, ``button`` confirms, ``done`` reports.
"""

from __future__ import annotations

ACTIONS: dict[str, dict[str, str]] = {
    "suspend_application": {
        "title": "Suspend the application",
        "what": (
            "From its next call on, everything it asks for is refused with APP_SUSPENDED, in every worker. "
            "Its users keep their consents. Only a reviewer can resume it."
        ),
        "reason": "Why is it suspended?", "button": "Suspend now", "done": "The application is suspended.",
    },
    "revoke_key": {
        "title": "Revoke the key",
        "what": (
            "Nothing signed or sealed with this key is accepted from now on. This cannot be undone: the "
            "application must register a new key."
        ),
        "reason": "Why is the key revoked?", "button": "Revoke now", "done": "The key is revoked.",
    },
    "propose_resumption": {
        "title": "Propose to resume the application",
        "what": "Nothing changes yet. A reviewer other than you must agree; then it may call again at once.",
        "reason": "What has been mended?", "button": "Propose", "done": "Proposed. A reviewer must agree.",
    },
    "blacklist_source": {
        "title": "Blacklist an address",
        "what": (
            "Every call from there is refused with SOURCE_BLACKLISTED before the bank spends any work "
            "on it. Customers' pages and this console stay reachable. Letting it in again takes a reviewer."
        ),
        "reason": "Why is it shut out?", "button": "Blacklist now", "done": "The address is blacklisted.",
    },
    "blacklist_application": {
        "title": "Blacklist the application",
        "what": (
            "Everything it asks for is refused with APP_BLACKLISTED, whatever its status. Letting it "
            "in again takes a reviewer."
        ),
        "reason": "Why is it shut out?", "button": "Blacklist now", "done": "The application is blacklisted.",
    },
    "propose_removal": {
        "title": "Propose to take it off the blacklist",
        "what": "Nothing changes yet. A reviewer other than you must agree.", "reason": "Why may it come back?",
        "button": "Propose", "done": "Proposed. A reviewer must agree.",
    },
    "approve_proposal": {
        "title": "Approve the proposal",
        "what": "What it asks for is done at once, in your name and the proposer's.",
        "reason": "What did you check?", "button": "Approve", "done": "Approved and done.",
    },
    "reject_proposal": {
        "title": "Reject the proposal", "what": "Nothing changes. It can be proposed again.",
        "reason": "What is missing?", "button": "Reject", "done": "Rejected.",
    },
    "withdraw_proposal": {
        "title": "Withdraw your proposal", "what": "Nothing changes. It can be proposed again.", "reason": "Why?",
        "button": "Withdraw", "done": "Withdrawn.",
    },
    "release_throttle": {
        "title": "Release the throttle",
        "what": "The attempts are given back at once. Make sure first that it was the rightful person who failed.",
        "reason": "How do you know that it is all right?", "button": "Release", "done": "Released.",
    },
    "acknowledge_alarm": {
        "title": "Take the alarm",
        "what": (
            "It is yours from now on and no longer counts as open. It closes by itself once it has been "
            "quiet for a quarter of an hour."
        ),
        "reason": "What are you going to do?", "button": "Take it", "done": "The alarm is yours.",
    },
    "open_incident": {
        "title": "Open an incident from this alarm",
        "what": "A time line begins, to which everybody can add. The alarm counts as taken.",
        "reason": "What do you know so far?", "button": "Open", "done": "The incident is open.",
    },
    "note_incident": {
        "title": "Add to the time line", "what": "The line stands under your name and cannot be changed afterwards.",
        "reason": "What happened, or what was done?", "button": "Add", "done": "Added.",
    },
    "close_incident": {
        "title": "Close the incident",
        "what": "The time line ends with your conclusion. Nothing can be added afterwards.",
        "reason": "What was it, and what keeps it from happening again?", "button": "Close",
        "done": "The incident is closed.",
    },
    "verify_records": {
        "title": "Verify the access log",
        "what": (
            "Every record is recomputed from the first to the newest. The bank goes on working meanwhile. "
            "A record that does not hold raises a critical alarm."
        ),
        "reason": "", "button": "Verify now", "done": "The records are being verified; the outcome stands below.",
    },
}  # fmt: skip
