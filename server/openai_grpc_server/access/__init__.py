"""Who may call: keys and what each of them may do, whose the stored objects are, what calls cost."""
