"""The bot as a real process, killed again and again while people talk with it; nobody may notice but by the wait."""
