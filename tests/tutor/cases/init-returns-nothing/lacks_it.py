class Route:
    def __init__(self, stops):
        self.stops = stops
