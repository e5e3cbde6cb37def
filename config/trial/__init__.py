"""Baken on one machine with nothing installed: what `./run` starts (docs/operate.md).

No part of this package runs in production.
"""
