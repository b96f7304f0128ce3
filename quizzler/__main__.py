import sys

from quizzler.cli import main

sys.exit(main())
