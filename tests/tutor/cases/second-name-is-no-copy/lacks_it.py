def with_guest(names, guest):
    longer = names.copy()
    longer.append(guest)
    return longer
