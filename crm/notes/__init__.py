"""The activity record (活動記録): what was told and what was heard, when and with whom."""
