"""The liaison roster (連絡員一覧表): on screen, as a sheet and on paper, within what was agreed."""
