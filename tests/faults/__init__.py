"""What goes wrong between the gateway and its upstream, on real sockets."""
