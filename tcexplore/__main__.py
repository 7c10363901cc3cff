"""`python -m tcexplore`."""

import sys

from tcexplore.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
