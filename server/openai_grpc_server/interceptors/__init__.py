"""What happens around every RPC, composed once when a method is registered.

gRPC's own interceptors would build and await a chain for each call; a handler of `handlers` is one function.
"""
