"""What is true and what follows from it. Standard library only: no await, clock, chance, storage or wording."""
