"""What a 3D view shows, as plain data, and its export."""
