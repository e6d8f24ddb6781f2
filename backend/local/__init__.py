"""The launcher: everything on one machine, with servers of its own, for whoever tries or develops Lvzhang."""
