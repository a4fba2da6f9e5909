def share(rupees, people):
    return rupees / people
