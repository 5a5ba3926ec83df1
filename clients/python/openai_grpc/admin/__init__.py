"""Services for operators of the gateway. Generated code is in `v1`."""
