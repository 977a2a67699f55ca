"""Every number that the standard leaves open, with our default and where it comes from. Part of ``Config``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Positive = Annotated[int, msgspec.Meta(gt=0)]

_DAY_S = 86_400


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Numbers with a choice behind them. "Ours" means that no norm gives one and we chose."""

    # The message. JR/T 0185 7.2.2 asks for integrity and leaves the window open; RFC 9421 section 3.2.1 leaves it to
    # the profile. Five minutes either way is what payment platforms commonly allow for clock skew.
    signature_window_s: Positive = 300
    # RFC 7523 section 3 lets the server set a limit without naming one. Ours: the same as the window above.
    client_assertion_lifetime_s_max: Positive = 300
    # Ours: the largest message of the catalogue is below 8 KiB; 64 KiB bounds what parsing may cost, and is the most
    # that strict_json reads.
    body_bytes_max: Annotated[int, msgspec.Meta(gt=0, le=65_536)] = 65_536
    body_timeout_s: Positive = 10
    head_timeout_s: Positive = 10
    head_bytes_max: Positive = 16_384  # nginx and Apache ship with 8 to 32 KiB
    header_lines_max: Positive = 100  # Apache's LimitRequestFields

    # The connection. Ours: answers wait in memory for a peer that does not read them, so their number is bounded; a
    # browser waits for each answer, and nobody needs more calls ahead of it on one connection.
    pipelined_calls_max: Positive = 16
    write_timeout_s: Positive = 20  # ours; nginx allows 60 s between two reads of its client (send_timeout)
    keep_alive_s: Positive = 75  # nginx's keepalive_timeout
    # Of one listener in one process. Ours: two listeners stay below the usual 1,024 file descriptors of a process.
    connections_max: Positive = 400

    # Tokens. JR/T 0185 9.2.1 b) 3) asks for the shortest validity that the business allows, by level.
    access_token_a1_s: Positive = 3_600
    access_token_query_s: Positive = 1_800
    access_token_funds_s: Positive = 300
    refresh_token_s: Positive = 90 * _DAY_S  # ours; never longer than the consent it stands for
    code_s: Positive = 60  # RFC 6749 section 4.1.2 recommends at most 10 minutes, FAPI 2.0 section 5.3.2.1 60 s
    request_uri_s: Positive = 90  # RFC 9126 section 2.2: "relatively short", FAPI 2.0: below 600 s
    consent_once_s: Positive = 900  # ours: what is given for one use is used at once, or not at all
    consent_period_s_max: Positive = 365 * _DAY_S  # ours: one year, then the user is asked again
    consent_agreement_s_max: Positive = 5 * 365 * _DAY_S  # ours: the usual term of a cooperation agreement

    # Ours: a week to renew what is still wanted; JR/T 0185 9.3.2 asks for an end and leaves the warning open.
    consent_reminder_days: Positive = 7

    # Keys. JR/T 0185 7.3.4 asks for validity by level and leaves the lengths open.
    key_validity_a1_s: Positive = 365 * _DAY_S
    key_validity_a2_s: Positive = 180 * _DAY_S
    secret_validity_s: Positive = 365 * _DAY_S
    # The bank's own: NIST SP 800-57 part 1 section 5.3.6 puts private signature keys at one to three years. Ours: the
    # shortest of that, a week's notice, a month in which the old one is still understood.
    bank_key_validity_s: Positive = 365 * _DAY_S
    bank_key_notice_s: Positive = 7 * _DAY_S
    bank_key_overlap_s: Positive = 30 * _DAY_S
    # Ours: an application's old key serves for two weeks beside the new one, its old App_Secret for a day.
    key_overlap_s: Positive = 14 * _DAY_S
    secret_overlap_s: Positive = _DAY_S
    # Ours: a client certificate lasts as long as a key pair for A2; the list of revoked ones is asked for daily.
    certificate_validity_s: Positive = 180 * _DAY_S
    revocation_list_s: Positive = _DAY_S
    key_challenge_s: Positive = 300  # ours: as long as a signature's window
    key_warnings_days: tuple[Positive, ...] = (30, 7, 1)  # ours: a month to plan, a week to do it, a day to hurry

    # The user's proofs. JR/T 0185 7.2.1 b) asks for two factors on funds and leaves their numbers open. Ours: six
    # digits, as every Chinese bank sends; five guesses of a million within three minutes.
    otp_digits: Annotated[int, msgspec.Meta(ge=6, le=10)] = 6
    otp_lifetime_s: Positive = 180
    otp_tries: Positive = 5
    otp_interval_s: Positive = 60
    otp_sends_day_max: Positive = 20  # ours: bounds what guessing and flooding can reach in a day
    # A question to the phone lives as long as a code by text message; a thief with the password must not wear the
    # owner out with questions. An activation code is typed from one screen into another, within minutes.
    approval_lifetime_s: Positive = 180
    approvals_day_max: Positive = 50
    activation_lifetime_s: Positive = 600
    activation_tries: Positive = 10
    login_tries: Positive = 5
    login_source_tries: Positive = 50  # ours: a whole office may share an address
    # Ours: wrong passwords of one customer by one application's embedded form; below login_tries, so that the customer
    # keeps tries of their own.
    relay_tries: Positive = 3
    login_lock_s: Positive = 900
    # Ours: so many failed logins of all customers together, within a quarter of an hour, come from a list. A bank of
    # millions sets it by its own mornings.
    stuffed_logins: Positive = 15
    # Ours: names that a customer of an application may try on account numbers before naming payees rests. Who mistypes
    # a name twice looks it up.
    payee_tries: Positive = 5
    payee_tries_app: Positive = 50
    payee_rest_s: Positive = 900
    # JR/T 0185 9.3.1: session validity is the least that the scenario needs, idle sessions end.
    session_idle_s: Positive = 600
    session_absolute_s: Positive = 3_600
    # Of the bank's staff. PCI DSS 8.2.8 ends idle sessions after a quarter of an hour; a shift lasts eight.
    staff_session_idle_s: Positive = 900
    staff_session_absolute_s: Positive = 8 * 3_600

    # Money. PBC notice Yinfa [2016] 302 and [2018] 16: class II 10,000 a day and 200,000 a year, class III 2,000 of
    # balance and 2,000 a day and 50,000 a year (payments to unbound accounts). Amounts in fen.
    transfer_expiry_s: Positive = 900  # ours: a quarter of an hour to confirm what was asked for
    class_i_day_fen_max: Positive = 5_000_000_00  # ours: a retail customer's default limit, 5 million yuan
    class_ii_day_fen_max: Positive = 10_000_00
    class_ii_year_fen_max: Positive = 200_000_00
    class_iii_day_fen_max: Positive = 2_000_00
    class_iii_year_fen_max: Positive = 50_000_00
    class_iii_balance_fen_max: Positive = 2_000_00

    # Ours: two debits under an agreement that are alike in account, payee, amount and purpose within a minute are one
    # whose answer was lost (9.3.3); whoever means two says so in their purpose.
    debit_repeat_s: Positive = 60

    # Risk (JR/T 0185 10.2.3 asks for timely warning and control, and leaves the times open). Ours: four hours until a
    # held payment should be decided, three days until it is refused because nobody did. PBC order [2016] no. 3, article
    # 8: a large value is reported within five working days; ours counts them as calendar days.
    risk_case_s: Positive = 4 * 3_600
    risk_hold_s_max: Positive = 3 * _DAY_S
    risk_report_s: Positive = 5 * _DAY_S

    # Abuse. JR/T 0185 10.1.2 asks for monitoring of calls without authority and leaves thresholds open.
    enumeration_alarm: Positive = 5  # ours: foreign resources asked for by one App_ID within the window below
    enumeration_window_s: Positive = 60
    # Ours: a party has two sites at most; a third network within a quarter of an hour is somebody else (12.2 c).
    shared_networks: Annotated[int, msgspec.Meta(ge=2)] = 3
    # Ours: so many customers' data within an hour, and three times its own busiest hour, is more than people ask for.
    scraped_customers: Positive = 200
    # Alarms that suspend an application at once, before anybody of the staff has seen them (10.1.2 a 2: dealt with in
    # time). Ours: only what cannot be an accident; () leaves every suspension to people.
    suspended_at_once: tuple[str, ...] = ("CREDENTIAL_SHARING", "CREDENTIAL_RELAY")
    # Alarms upon which an application is reviewed out of turn (9.3.5-3): it says within days what it runs, and why.
    reviewed_at_once: tuple[str, ...] = ("SDK_ALTERED",)
    # Ours: tokens asked for with a user's password, within a quarter of an hour. Once is a mistake in a program, three
    # times are three users whose passwords an application holds (7.2.1 b).
    password_grants: Positive = 3
    # Ours: guessing a 256-bit secret is hopeless; the gate spares the processor. A test run on one machine fits below.
    source_failures_max: Positive = 1_000
    source_failures_window_s: Positive = 60
    # A user's data without the user (9.3.5-1). Ours: half an hour after their word they may have turned away; thirty
    # looks an hour keep a balance fresh and are no copy of it. Regulation (EU) 2018/389, article 36, has four a day.
    user_present_s: Positive = 1_800
    absent_calls_hour_max: Positive = 30
    # Ours: a wrong App_Secret is a slip in a file of settings, found at the first try; ten of one address under one
    # App_ID are no slip (9.2.1 b 4). Who has the right one waits as long at that address, and nowhere else.
    secret_guesses_max: Positive = 10
    secret_guesses_window_s: Positive = 300

    # How much may be called (JR/T 0185 10.1.2 a 1 asks for limits and names none). Ours: as much as one machine serves
    # in a rehearsal under load, so that nobody is throttled who does not mean to be; what holds for an application is
    # its agreement's to say, and the staff's: also for a single interface, which has no limit of its own by default.
    source_calls_second_max: Positive = 6_000
    app_calls_second_max: Positive = 4_000
    app_calls_minute_max: Positive = 200_000
    app_calls_day_max: Positive = 50_000_000
    app_calls_concurrent_max: Positive = 400
    user_calls_second_max: Positive = 2_500
    user_calls_minute_max: Positive = 100_000
    user_calls_day_max: Positive = 5_000_000
    # Ours: as many keys as count for something at the same time, before those that end first are forgotten; a power of
    # two, 64 bytes each, so 16 MiB.
    counted_keys_max: Literal[4096, 65_536, 262_144] = 262_144
    # The ladder of 10.1.2 a 1: an alarm from this share of a limit on; who is refused in so many minutes of so many
    # rests for so long. Ours: a burst is no abuse, five minutes of it are; five more are long enough to be noticed.
    quota_alarm_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    quota_strikes: Positive = 5
    quota_strikes_within_min: Positive = 10
    quota_suspension_s: Positive = 300
    # Ours: on a connection that was refused so often in a row, with a signature each time, whoever still does not wait
    # is refused without one, at a tenth of the cost.
    quota_signed_refusals: Positive = 3

    # Ours: the longest possible page, sealed, stays well below the 64 KiB that an SDK opens.
    page_items_max: Annotated[int, msgspec.Meta(gt=0, le=50)] = 50
    page_items_default: Positive = 20

    # Admission of application parties (JR/T 0185 9.1). The standard leaves scores, numbers open. Ours: marks run from
    # 0 to 5; who protects users' information below "adequate" is not admitted, whatever else they score (9.1.1 b).
    admission_key_score_min: Positive = 3
    admission_total_score_min: Positive = 15
    # Ours: an agreement runs a year; what an inspection saw tells for thirty days.
    agreement_term_s: Positive = 365 * _DAY_S
    inspection_validity_s: Positive = 30 * _DAY_S
    # Ours: a case that nobody goes on with for ninety days lapses; papers of ended cases are kept half a year, for
    # questions about the decision.
    admission_idle_s: Positive = 90 * _DAY_S
    admission_papers_kept_s: Positive = 183 * _DAY_S
    # Ours: as many customers as a pilot needs, before an application is live.
    test_customers_max: Positive = 3
    # Ours: somebody who types a case number and its access code wrong rests after these.
    admission_tries: Positive = 10

    # Messages to users. Ours: a code that arrives after its lifetime is of no use to anybody.
    message_lifetime_s: Positive = 180

    # Events to applications (JR/T 0185 10.4-1.3). Ours: three days, so that a weekend's trouble at the application
    # loses nothing; then it is a dead letter, which a person looks at and replays.
    event_give_up_s: Positive = 3 * _DAY_S
    # Ours: the first try after a second, so that a restart at the application costs nothing, and then ever more rarely.
    event_retry_first_s: Positive = 1
    event_retry_max_s: Positive = 3_600

    # The life of an interface. JR/T 0185 10.3 and 11 ask for timely notice and leave the time open. Ours: a quarter, in
    # which a partner can plan, build and release; it is also how far back calls tell who is concerned.
    interface_lead_s: Positive = 90 * _DAY_S
    interface_usage_s: Positive = 90 * _DAY_S
    # Ours: a day without a single call, nightly jobs included, before a terminated service is taken off (11-3.1).
    interface_quiet_s: Positive = _DAY_S

    # Records (JR/T 0185 11-4, 12.3). The Cybersecurity Law, article 21, asks for six months of logs; ours is one year
    # in the live database, and no less. Archives hold what tells of transactions: ten years after them, as the
    # Anti-Money Laundering Law of 2024, article 34, has it.
    log_online_s: Annotated[int, msgspec.Meta(ge=365 * _DAY_S)] = 365 * _DAY_S
    archive_kept_s: Annotated[int, msgspec.Meta(ge=10 * 365 * _DAY_S)] = 3653 * _DAY_S

    # The supervision of application parties (JR/T 0185 10.2.1, 10.4; the numbers are left open). Ours: a year between
    # reviews at low risk, half a year at medium, a quarter at high; a month to hand in what a review asks for.
    review_interval_s: tuple[Positive, Positive, Positive] = (365 * _DAY_S, 182 * _DAY_S, 91 * _DAY_S)
    review_answer_s: Positive = 30 * _DAY_S
    # Ours: the bank inspects each application twice a year, and each assesses itself once; a month to do it.
    inspection_interval_s: Positive = 182 * _DAY_S
    assessment_interval_s: Positive = 365 * _DAY_S
    task_warnings_days: tuple[Positive, ...] = (7, 1)
    # By risk: low, medium, high. Ours: at low risk the customer's own limits come first.
    app_payment_fen_max: tuple[Positive, Positive, Positive] = (10_000_000_00, 50_000_00, 1_000_00)
    app_day_fen_max: tuple[Positive, Positive, Positive] = (100_000_000_00, 5_000_000_00, 100_000_00)
    app_accounts_max: tuple[Positive, Positive, Positive] = (1_000_000, 10_000, 100)
    # Ours: whom nobody has rated may carry no more risk than whoever was found to be the riskiest. The sandbox founds
    # its bank with "low", for it registers applications without an admission, whose developers meet the core's limits.
    app_unrated_as: Literal["low", "medium", "high"] = "high"
    # Ours: a log that is there can be handed in within a day (10.5 c).
    evidence_answer_s: Positive = _DAY_S
    # Ours: three days to answer an inquiry; findings are mended within a week, a month, a quarter by their severity.
    inquiry_answer_s: Positive = 3 * _DAY_S
    finding_mend_s: tuple[Positive, Positive, Positive] = (7 * _DAY_S, 30 * _DAY_S, 90 * _DAY_S)
    # Ours: an application's own change is announced a week ahead; a reported weakness is acknowledged in two days.
    change_lead_s: Positive = 7 * _DAY_S
    # JR/T 0185 7.3.1 asks to adjust permissions to the need. Ours: one that nobody used for a quarter is questioned.
    grant_unused_s: Positive = 90 * _DAY_S
    weakness_answer_s: Positive = 2 * _DAY_S

    # The reconciliation file of a day (7.2.2). Ours: ten minutes later nothing that began on it is still under way.
    reconciliation_after_s: Positive = 600

    # The exit of an application party (JR/T 0185 9.4). Ours: users hear of it a month ahead; two weeks to state that
    # all is deleted; five years of confidentiality.
    exit_lead_s: Positive = 30 * _DAY_S
    exit_statement_s: Positive = 14 * _DAY_S
    confidentiality_s: Positive = 5 * 365 * _DAY_S
