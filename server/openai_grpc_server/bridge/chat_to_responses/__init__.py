"""Chat completions from an upstream that is called by the Responses API."""
