"""`python -m outreach.entrypoints.cli`, for child processes that must use this very interpreter."""

import sys

from outreach.entrypoints.cli import main

if __name__ == "__main__":
    sys.exit(main())
