"""What a run leaves behind for the next: plain data in a folder that anybody may delete at any time."""
