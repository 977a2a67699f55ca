"""The bank of the sandbox, laid out as figure 2 of JR/T 0185-2020 lays out a bank's open-API deployment.

    figure 2                      here
    ----------------------------  ------------------------------------------------------------------
    internet access protection    edge: TLS, limits on the shape of HTTP, the processes that accept
    API service layer             gateway: authentication, permission, flow, message exchange, composition
                                  registry: application parties and the catalogue of interfaces
                                  authserver, consent, tokens: the user's consent and what follows from it
                                  identity, ebank: the user proves who they are, on the bank's own pages
                                  authorization: what an application asks of a user, for pages and frames alike
                                  admission, supervision: an application party's life, until it leaves
                                  interfaces: an interface's life, from design to archive
                                  events: what applications are told, signed; releases: builds of the SDK
                                  monitor: monitoring and analysis, read off the access log
                                  throttle: flow control; risk: transfers judged before they are posted
                                  reconciliation: a day's transfers, compared with what an application holds
                                  portal, console, staff: the doors of developers and of the bank's own people
    firewall between the layers   corelink: the only door to the core, by the name of an operation
    bank business layer           core: customers, accounts, ledger, payments, products

Across the layers: keys, store, replay, idempotency, audit, records, messages, clock, config, policy, duties (what
is due as time passes), and web, which is what pages share. The sandbox's own control plane is ``sandbox``; a production
bank has no such listener. ``__main__`` opens the ``premises``, puts the parts together and starts what works in the
``background``; ``founding`` fills an empty bank. What the bank publishes for others is ``sdk``, and it imports nothing
else from here.
"""
