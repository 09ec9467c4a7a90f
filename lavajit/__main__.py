"""``python -m lavajit`` is the command ``lavajit``."""

from lavajit.cli import main

raise SystemExit(main())
