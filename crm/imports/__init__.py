"""Taking in the files cities publish, without writing anything until it is applied."""
