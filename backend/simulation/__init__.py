"""What other rates would have cost: the real weighings of a past period, replayed in order under a draft."""
