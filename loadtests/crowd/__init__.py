"""The crowd that Locust drives: who comes, how often, what each of them does, and what came of every call.

It meets the bank on the wire alone, as applications of its own. It must not judge: that is ``loadtests.objectives``.

``tally``       what is counted, second by second
``prepared``    what was made ready for it: applications, users' consents, the plan
``connection``  one kept TLS connection; ``calling``: one call on it and what came of it
``customers``   users' tokens, kept fresh; ``pacing``: when the next call is due
``people``      those who use the bank; ``offenders``: who must be refused; ``loud``: who must be slowed down
``company``     what the users of one process share; ``recording``: its seconds, written down
``shape``       how many of them there are, by the profile; ``hooks``: what Locust calls
"""
