"""What other gRPC servers cost, beside grpc.aio in the same run. `python -m bench.alternatives --help` says more."""
