class Tank:
    def fill(self, litres):
        self.litres = litres
        return litres
