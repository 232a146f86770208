"""What every process needs and none owns: calendars, clocks of targets."""
