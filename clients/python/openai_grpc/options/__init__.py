"""The options of the contract. Generated code is in `v1`."""
