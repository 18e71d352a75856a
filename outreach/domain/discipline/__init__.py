"""What a class of offence leads to, how long a ban lasts, which clocks run, who is too young. Decides no case."""
