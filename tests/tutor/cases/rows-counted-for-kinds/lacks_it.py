def visitors(visits):
    return visits["card"].nunique()
