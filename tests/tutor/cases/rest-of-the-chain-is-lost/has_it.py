def insert_after(node, value):
    new = Node(value)
    node.next = new
