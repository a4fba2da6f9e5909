"""The accounts slice as JSON."""



