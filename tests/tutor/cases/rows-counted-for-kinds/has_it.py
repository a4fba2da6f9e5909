def visitors(visits):
    return visits["card"].count()
