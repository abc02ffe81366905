"""Saved models behind HTTP: ``kosent serve``.

From the outside in: ``server`` (uvicorn, signals, sockets), ``protocol`` (what a connection may
do), ``gate`` (who may ask, what every answer carries, what is counted), ``app`` (which path goes
where), ``asked`` and ``answering`` (a request, an answer), ``lanes`` (threads that compute),
``models`` and ``watching`` (what is served, and its replacement while it is).

Does *not* cover TLS, accounts and several processes: that is for what stands before it.
"""
