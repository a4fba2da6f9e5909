def with_guest(names, guest):
    return names + [guest]
