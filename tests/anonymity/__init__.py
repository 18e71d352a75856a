"""The anonymity gates: T0 and T1a–c of `red-team.md`, over both stories and all four pairs, each shown to catch leaks.

T0: a reporter made of canaries leaves no token in any sink that may not hold one.
T1: what anyone but the reporter, their server and the bot's operators can observe is the same for any two reporters.
"""
