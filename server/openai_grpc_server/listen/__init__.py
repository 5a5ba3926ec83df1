"""The port: its sockets, servers and TLS."""
