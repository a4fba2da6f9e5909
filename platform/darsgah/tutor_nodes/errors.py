"""Why a node is not registered."""

from darsgah.errors import MalformedInput, NotSignedIn


class NodeUnknown(NotSignedIn):
    """No node has this token, or it was withdrawn: an administrator of the hub makes another."""

    code = "node_unknown"


class NodeOutOfReach(MalformedInput):
    """Workers cannot reach the node at this address: say another with --url, as http://10.0.0.5:8100."""

    code = "node_out_of_reach"
