"""The contract held against what it stands for."""
