"""What `doctor` looks at, one concern a file; nothing here changes what it looks at."""
