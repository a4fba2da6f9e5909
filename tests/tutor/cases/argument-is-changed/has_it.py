def with_guest(names, guest):
    names.append(guest)
    return names
