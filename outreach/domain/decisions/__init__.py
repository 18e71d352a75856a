"""One small pure function per row of the transition table. None of them can reach a sanction."""
