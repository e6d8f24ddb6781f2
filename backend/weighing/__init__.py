"""A bag on a scale: weighed, quoted, agreed on, and posted as one ledger entry; or given back."""
