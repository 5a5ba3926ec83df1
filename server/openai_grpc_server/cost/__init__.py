"""What a call has used, and what that costs."""
