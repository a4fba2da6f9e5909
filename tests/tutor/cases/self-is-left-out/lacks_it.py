class Shop:
    def __init__(self, owner):
        self.owner = owner

    def sign(self):
        return "Shop of " + self.owner
