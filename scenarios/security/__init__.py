"""What ``make security`` runs: foreign tools and checks of our own against a sandbox, on loopback, bounded.

    description    the published OpenAPI document as one sees it who need not sign and seal
    signing_proxy  takes plain calls, signs and seals them as an application does, verifies and opens the answers;
                   ``plain_listener`` lets tools reach it
    api_fuzzing    schemathesis over that document, authenticated through the proxy and a stranger at the gateway
    tls_scan       sslyze over every listener
    page_fuzzing   hostile texts in every form, link and parameter of the pages, logged in as user and as staff;
                   ``visitors`` are those in whose name, ``page_probes`` the texts and what no answer may show
    sql_injection  sqlmap over calls of the API, through the proxy, and over the logins
    findings       what was found, and what is accepted with a reason (``accepted.toml``)
    summary        one page and one JSON of all
    ground         the sandbox under test

The tools live in a virtual environment of their own and are run as commands, never imported. Nothing here leaves this
machine, and no sandbox but the throw-away one is touched.
"""
