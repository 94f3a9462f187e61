"""`python -m fcae_gui` opens the window, as `fcae-gui` does."""

import sys

from fcae_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
