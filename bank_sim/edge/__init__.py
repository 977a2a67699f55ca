"""The border to the network: TLS, the shape of HTTP, and the processes that accept calls.

It knows nothing of applications, users or money. What arrives here as well-formed HTTP within the limits of size and
time is handed to a WSGI application, whole and once; everything else is refused here, and its refusal is reported.
"""
