"""The flow engine: what a conversation is, decided purely.

Theory of operation.  A *flow* is a graph of nodes.  A *trigger* starts a *session* (one contact's
walk through one version), a *resume* continues it; each call returns a *sprint*: the session as it
is now, the *events* that happened on the way and the *effects* that somebody else must carry out.
Nothing here reads a clock, a network, a disk or a random number: the instant, the contact and the
answers come in as arguments.  So the same code serves production, the dry run, the simulator's
chat and the tests.

Where things are: ``definition`` (the file format), ``check`` (what is wrong with a flow, as data),
``nodes`` (one module a node kind), ``expressions`` (``{{ name }}``), ``session``, ``sprint``
(events and effects), ``engine`` (start and resume), ``simulate`` (a flow against a script).
"""
