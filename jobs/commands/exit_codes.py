"""What the exit code of a command means, one meaning each; 1 is a crash."""

from __future__ import annotations

OK = 0  # also where sources were set aside: that is said, and no failure
USAGE = 2  # settings, an unknown night or id
CONTRACT = 3  # a contract is broken, or a document does not keep it
GATE = 4  # the quality gate stopped the night
LOCKED = 5  # another run holds the lake
MACHINE = 6  # disk, permission, memory, network, not ready, a damaged lake
LEAK = 7  # an accuracy would measure memory of the labels
DIFFERS = 8  # a replay or an audit gives something else than was stored
