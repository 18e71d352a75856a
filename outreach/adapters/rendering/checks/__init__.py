"""What every language must pass before anybody reads it: files, words, wording. Finds and names; repairs nothing.

For `outreach letters lint` and the tests; never loaded by `run`.
"""

from outreach.adapters.rendering.checks.faults import Fault, Known, file_faults, language_faults, template_faults

__all__ = ["Fault", "Known", "file_faults", "language_faults", "template_faults"]
