"""Pipeline around every RPC: admission, identity, errors, log, metrics.

gRPC's own interceptors would build and await a chain for each call; a handler of `handler` is one function.
"""
