class Shop:
    def __init__(self, owner):
        owner = owner

    def sign(self):
        return "Shop of " + self.owner
