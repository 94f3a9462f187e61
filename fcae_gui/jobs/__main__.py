"""`python -m fcae_gui.jobs NAME FOLDER`: one job in a process of its own."""

import sys

from fcae_gui.jobs.child import main

if __name__ == "__main__":
    sys.exit(main())
